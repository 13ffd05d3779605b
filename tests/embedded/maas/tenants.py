"""Two tenants for tests that send whatever: one is tried, the other must not change.

What needs Django's models is imported where it is used.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

OURS, THEIRS = "acme-prod", "globex-prod"
SECRET = "Globex moves to Lisbon in May."
TEA = "User drinks green tea."
MAX_HEADER = 300


@dataclass(frozen=True)
class Tenants:
    """Acme's key, an anchor of each tenant, an atom and a recall session of acme's."""

    key: str
    anchor: str
    atom: str
    session: str
    foreign_anchor: str
    foreign_atom: str
    before: list[tuple[Any, ...]]

    def headers(self, sent: Mapping[str, str]) -> dict[str, str]:
        """Acme's key, and acme's workspace where a well-formed one was sent."""
        own = {"Authorization": f"Bearer {self.key}"}
        if 1 <= len(sent.get("X-Workspace-Id", "")) <= MAX_HEADER:
            return {**own, "X-Workspace-Id": OURS}
        return own

    def name_what_is_there(self, body: Any) -> None:
        """Put real ids where a well-formed body names things, so that it gets far."""
        if not isinstance(body, dict):
            return
        if "anchor_id" in body:
            body["anchor_id"] = self.anchor
        if "anchor_ids" in body:
            body["anchor_ids"] = [self.anchor]
        if "used_memory_atom_ids" in body:
            body["used_memory_atom_ids"] = [self.atom]
            body["session_id"] = self.session


@contextmanager
def two_tenants() -> Iterator[Tenants]:
    """Make both; at the end the other tenant has exactly what it had."""
    from embedded.maas.access import BUCKETS
    from embedded.maas.index_cache import CACHE
    from embedded.maas.onboarding.checkout import ORDERS

    tenants = _make()
    yield tenants
    assert _of(THEIRS) == tenants.before, "the other tenant's rows changed"
    assert SECRET not in str(_of(OURS)), "a memory went to another tenant"
    for buckets in (BUCKETS, ORDERS, CACHE):
        buckets.clear()


def _make() -> Tenants:
    from embedded.maas.access import authorise, credentials
    from embedded.maas.anchors import create_anchor
    from embedded.maas.atoms import store_atom
    from embedded.maas.body import Body, as_id
    from embedded.maas.provision import issue
    from embedded.maas.recall import recall

    made = {}
    for workspace, content in ((OURS, TEA), (THEIRS, SECRET)):
        key = issue(workspace, "enterprise-tutor")
        headers = {"x-api-key": key, "x-workspace-id": workspace}
        access = authorise(credentials(headers))
        named = Body({"name": "Pair", "metadata": {"lane": "pair"}})
        anchor = create_anchor(access, named)["anchor_id"]
        access = authorise(credentials(headers), as_id(anchor))
        atom = {"anchor_id": anchor, "content": content, "source_type": "prd"}
        stored = store_atom(access, Body(atom))["atom_ids"][0]
        access = authorise(credentials(headers), as_id(anchor))
        asked = recall(access, Body({"anchor_id": anchor, "query": content}))
        made[workspace] = (key, anchor, stored, asked["session_id"])
    key, anchor, atom_id, session = made[OURS]
    _, foreign_anchor, foreign_atom, _ = made[THEIRS]
    return Tenants(
        key, anchor, atom_id, session, foreign_anchor, foreign_atom, _of(THEIRS)
    )


def _of(workspace: str) -> list[tuple[Any, ...]]:
    """Every row of a workspace's memories that anybody could have changed."""
    from embedded.maas.models import Anchor, Atom, Feedback, RecallSession

    found: list[tuple[Any, ...]] = []
    at: dict[str, Any] = {"workspace__name": workspace}
    found += Anchor.objects.filter(**at).order_by("pk").values_list()
    found += RecallSession.objects.filter(**at).order_by("pk").values_list()
    within = {"anchor__workspace__name": workspace}
    fields = [f.name for f in Atom._meta.concrete_fields if f.name != "vector"]
    found += Atom.objects.filter(**within).order_by("pk").values_list(*fields)
    said = {"session__workspace__name": workspace}
    found += Feedback.objects.filter(**said).order_by("pk").values_list()
    return [tuple(map(_plain, row)) for row in found]


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    return str(value) if isinstance(value, uuid.UUID) else value
