"""`POST /v1/memory/ingest`: a conversation becomes atoms, one for each message.

The documentation names the fields and not the answer; this service answers
`atom_ids`, `stored_count` and `session_id`.
"""

from __future__ import annotations

import uuid
from typing import Any

from embedded.maas.access import Access, Scope, digest
from embedded.maas.atoms import MAX_LONG_CONTENT
from embedded.maas.body import MAX_NAME, Body
from embedded.maas.chunking import parts_of
from embedded.maas.errors import BadRequest
from embedded.maas.models import Anchor
from embedded.maas.storing import Draft, store

MAX_MESSAGES = 500
REMEMBERED_ROLES = {"user", "assistant"}
ROLES = REMEMBERED_ROLES | {"system"}


def ingest(access: Access, body: Body) -> dict[str, Any]:
    """Store what a person and an assistant said; system messages are context."""
    user = body.required_text("user_external_id").strip()
    session = body.text("session_id").strip() or str(uuid.uuid4())
    drafts: list[Draft] = []
    for message in body.objects("messages", most=MAX_MESSAGES):
        role = message.required_text("role")
        content = message.string("content", limit=MAX_LONG_CONTENT)
        if role not in ROLES:
            raise BadRequest("role must be system, user or assistant")
        if role in REMEMBERED_ROLES:
            metadata = {"user_external_id": user, "session_id": session, "role": role}
            drafts += [
                Draft(
                    content=part, source_type="chat-log", metadata=metadata, user=user
                )
                for part in parts_of(content)
            ]
    stored = store(access, _lane(access, user), drafts) if drafts else []
    return {
        "atom_ids": [str(atom.id) for atom in stored],
        "stored_count": len(stored),
        "session_id": session,
    }


def _lane(access: Access, user: str) -> Scope:
    """The anchor that keeps what is ingested about this person."""
    lane = f"ingest:{user}"
    if len(lane) > MAX_NAME:  # cut, it could be another person's
        lane = f"ingest:{digest(user)}"
    anchor, _ = Anchor.objects.get_or_create(
        workspace_id=access.workspace_id,
        lane=lane,
        defaults={"name": f"Ingested: {user}"[:MAX_NAME], "metadata": {"lane": lane}},
    )
    return Scope(anchor.id, anchor.seq)
