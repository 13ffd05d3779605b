"""`POST /v1/anchors`, and the look-ups that every other call starts with."""

from __future__ import annotations

from typing import Any

from embedded.maas.access import Access, Scope
from embedded.maas.body import Body, as_id
from embedded.maas.errors import BadRequest, NotFound
from embedded.maas.models import Anchor
from embedded.maas.sql import rows

FIND = "SELECT id, seq FROM maas_anchor WHERE id = %s AND workspace_id = %s"


def create_anchor(access: Access, body: Body) -> dict[str, Any]:
    """Create an anchor, or answer the one that already has this `metadata.lane`."""
    name = body.required_text("name")
    kind = body.text("type", limit=100).strip() or "chat-log"
    metadata = body.metadata()
    lane = metadata.text("lane").strip() or None
    values = {"name": name, "type": kind, "metadata": metadata.values}
    if lane is None:
        anchor = Anchor.objects.create(workspace_id=access.workspace_id, **values)
    else:
        # Two callers at once: the unique lane lets one create, the other find.
        anchor, _ = Anchor.objects.get_or_create(
            workspace_id=access.workspace_id, lane=lane, defaults=values
        )
    return {
        "anchor_id": str(anchor.id),
        "name": anchor.name,
        "type": anchor.type,
        "metadata": anchor.metadata,
    }


def find_anchor(access: Access, value: object) -> Scope | None:
    """The anchor of this id in the caller's workspace, if there is one."""
    anchor_id = as_id(value)
    if anchor_id is None:
        return None
    found = rows(FIND, [anchor_id, access.workspace_id])
    return Scope(*found[0]) if found else None


def required_anchor(access: Access, body: Body) -> Scope:
    """The anchor that `anchor_id` names; 400 without one, 404 for an unknown one."""
    value = body.values.get("anchor_id")
    if not isinstance(value, str) or not value.strip():
        raise BadRequest("anchor_id is required")
    if access.anchor is None:
        raise NotFound("anchor not found")
    return access.anchor
