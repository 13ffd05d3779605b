"""The Memory panel: what is remembered in one scope, grouped by what it is about.

Nothing here says "saved" of an atom that the service has not confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from chatapp.memories.ledger import alive
from chatapp.memories.models import HELD, Anchor, Atom, TurnAtom
from chatapp.memories.slips import LABELS

PANEL_ATOMS = 200
"""Newest atoms that are shown: more would fill the page, and take long to read."""


@dataclass(frozen=True)
class PanelAtom:
    """One atom in the panel; `state` is saved, pending or failed."""

    content: str
    confidence: float
    state: str
    quote: str
    recalled: int
    used: int
    pinned: bool
    created_at: datetime


@dataclass(frozen=True)
class PanelGroup:
    """The panel's atoms of one type."""

    type: str
    label: str
    atoms: Sequence[PanelAtom]


def panel(
    anchor: Anchor, newest: int = PANEL_ATOMS, hidden: Sequence[UUID] = ()
) -> list[PanelGroup]:
    """What is remembered in this scope, grouped by type, newest first; three queries.

    `hidden` are the conversations whose paths do not count.
    """
    atoms = list(
        alive(Atom.objects.filter(anchor=anchor), hidden)
        .filter(state__in=HELD)
        .prefetch_related("evidence")
        .order_by("-created_at")[:newest]
    )
    uses = _uses([atom.pk for atom in atoms])
    groups: defaultdict[str, list[PanelAtom]] = defaultdict(list)
    for atom in atoms:
        quotes = [evidence.quote for evidence in atom.evidence.all()]
        recalled, used = uses.get(atom.pk, (0, 0))
        groups[atom.atom_type].append(
            PanelAtom(
                content=atom.content,
                confidence=atom.confidence,
                state=atom.state,
                quote=quotes[0] if quotes else "",
                recalled=recalled,
                used=used,
                pinned=atom.pinned,
                created_at=atom.created_at,
            )
        )
    return [
        PanelGroup(kind, label, groups[kind])
        for kind, label in LABELS.items()
        if kind in groups
    ]


def _uses(atom_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """How often each atom was recalled, and used in a way that could be verified."""
    rows = (
        TurnAtom.objects.filter(atom__in=atom_ids)
        .order_by()
        .values_list("atom")
        .annotate(
            recalled=Count("pk", filter=Q(recalled=True)),
            verified=Count("pk", filter=Q(verified=True)),
        )
    )
    return {atom_id: (recalled, used) for atom_id, recalled, used in rows}
