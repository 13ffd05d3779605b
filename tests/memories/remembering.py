"""Puts atoms into a person's ledger, as learning would have."""

from __future__ import annotations

import uuid

from chatapp.conversations import context
from chatapp.conversations.models import Conversation, Message
from chatapp.memories.models import Anchor, Atom, AtomState, Evidence
from chatapp.memories.panel import Group, Look, groups


def scope_of(conversation: Conversation) -> Anchor:
    """The memory scope of this conversation."""
    return context.anchor_of(conversation)


def in_panel(anchor: Anchor) -> list[Group]:
    """What the panel lists for this scope."""
    return groups(Look(anchor.user, anchor))


def remember(
    conversation: Conversation,
    content: str,
    *,
    quote: str = "",
    message: Message | None = None,
    **fields: object,
) -> Atom:
    """An atom that a message of this conversation proves, its first one by default."""
    given: dict[str, object] = {
        "maas_id": f"id of {content}",
        "scope": "anchor-1",
        "atom_type": "preference",
        "state": AtomState.SAVED,
    } | fields
    atom = Atom.objects.create(
        anchor=scope_of(conversation),
        client_ref=uuid.uuid4(),
        content=content,
        confidence=0.9,
        source_type="prd",
        **given,
    )
    proof = message or conversation.message_set.order_by("created_at")[0]
    Evidence.objects.create(atom=atom, message=proof, quote=quote or content)
    return atom
