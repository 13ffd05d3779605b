"""`POST /v1/feedback`: what a recall was good for, counted once per session and atom."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F

from embedded.maas.access import Access
from embedded.maas.body import Body, as_id
from embedded.maas.errors import BadRequest, NotFound
from embedded.maas.models import Atom, Feedback, RecallSession
from embedded.maas.storing import take_numbers

MAX_ATOMS = 200
SESSIONS_OF_A_CALLER = 50


def give_feedback(access: Access, body: Body) -> dict[str, Any]:
    """Count the named atoms as helpful, or as wrong when `success` is false.

    Only atoms that this recall answered may be named. Saying the same again changes
    nothing; saying the opposite replaces what was said before.
    """
    session_id = body.required_text("session_id")
    success = body.flag("success", default=True)
    named = body.ids("used_memory_atom_ids", most=MAX_ATOMS)
    sessions = _sessions(access, session_id)
    origin = {atom: session for session in sessions for atom in session.atom_ids}
    if any(atom not in origin for atom in named):
        raise BadRequest("used_memory_atom_ids names atoms this session did not recall")
    with transaction.atomic():
        anchors = _lock_anchors(named)
        for atom in named:
            _count(origin[atom], atom, anchors, success=success)
    return {"ok": True}


def _sessions(access: Access, session_id: str) -> list[RecallSession]:
    """The recall of this id, else the caller's own session's recalls, oldest first."""
    mine = RecallSession.objects.filter(workspace_id=access.workspace_id)
    ours = as_id(session_id)
    found = list(mine.filter(pk=ours)) if ours else []
    if not found:
        latest = mine.filter(caller_session=session_id).order_by("-created_at")
        found = list(reversed(latest[:SESSIONS_OF_A_CALLER]))
    if not found:
        raise NotFound("recall session not found")
    return found


def _lock_anchors(atoms: list[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The anchor of each atom, all of them locked in one order: no deadlock."""
    anchors = dict(
        Atom.objects.filter(pk__in=atoms, deleted_at=None).values_list(
            "pk", "anchor_id"
        )
    )
    for anchor_id in sorted(set(anchors.values())):
        take_numbers(anchor_id, 0)
    return anchors


def _count(
    session: RecallSession,
    atom: uuid.UUID,
    anchors: dict[uuid.UUID, uuid.UUID],
    *,
    success: bool,
) -> None:
    if atom not in anchors:  # forgotten since: nothing left to learn from
        return
    row, created = Feedback.objects.get_or_create(
        session=session, atom_id=atom, defaults={"success": success}
    )
    if not created and row.success == success:
        return
    changes = {"helped" if success else "hurt": 1}
    if not created:
        Feedback.objects.filter(pk=row.pk).update(success=success)
        changes["hurt" if success else "helped"] = -1
    Atom.objects.filter(pk=atom).update(
        seq=take_numbers(anchors[atom], 1),
        **{name: F(name) + step for name, step in changes.items()},
    )
