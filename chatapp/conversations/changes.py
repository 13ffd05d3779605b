"""What a page does not have yet: its messages compared with the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from chatapp.conversations import context, path
from chatapp.conversations.models import Conversation
from chatapp.conversations.shown import PAGE_MESSAGES, as_html, messages_of
from chatapp.memories.shown import count

RECENT = 12
"""Messages that are compared; more when the page says that it missed more."""
Fingerprint = tuple[object, ...]
LEFT_BEHIND = """
    SELECT chosen.id, other.id FROM conversations_message AS chosen
    JOIN conversations_message AS other ON other.parent_id = chosen.parent_id
    JOIN conversations_leftbehind AS left_behind ON left_behind.message_id = other.id
    WHERE chosen.id = ANY(%s) AND left_behind.conversation_id = %s
    ORDER BY other.created_at
"""


@dataclass(frozen=True)
class Change:
    """A message that the page does not have like this, and the one it stands for."""

    message_id: UUID
    html: str
    replaces: str


@dataclass(frozen=True)
class Look:
    """One comparison. `seen` is what the page has once it got the changes."""

    changes: Sequence[Change]
    seen: Mapping[UUID, Fingerprint]
    remembered: int = 0


def look(
    conversation_id: UUID,
    sent: Mapping[UUID, Fingerprint],
    last: UUID | None = None,
) -> Look:
    """Compare the newest messages with what was `sent`, all of them behind `last`.

    Raises Conversation.DoesNotExist when it was deleted.
    """
    conversation = Conversation.objects.select_related("character", "user").get(
        pk=conversation_id
    )
    messages = messages_of(conversation, newest=_how_many(conversation, last))
    seen = {message.id: message.fingerprint for message in messages}
    changed = [m for m in messages if sent.get(m.id) != m.fingerprint]
    if not changed:
        return Look((), seen)
    with connection.cursor() as cursor:
        ids = [message.id for message in changed]
        cursor.execute(LEFT_BEHIND, [ids, conversation.pk])
        replaced = {new: str(old) for new, old in cursor.fetchall()}
    changes = [
        Change(message.id, as_html(message), replaced.get(message.id, ""))
        for message in changed
    ]
    anchor = context.anchor_of(conversation.user, conversation)
    hidden = path.origins(conversation.origin_id)
    return Look(changes, seen, count(anchor, hidden))


def _how_many(conversation: Conversation, last: UUID | None) -> int:
    if last is None:
        return RECENT
    shown = conversation.pathentry_set
    known = shown.filter(message=last).first()
    if known is None:
        return RECENT
    missed = shown.filter(position__gt=known.position).count()
    return min(PAGE_MESSAGES, max(RECENT, missed + 1))
