"""Branches: a new conversation that begins with what another one says.

The messages are shared, not copied: the branch's path leads through the same rows.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.conversations import path
from chatapp.conversations.models import RUNNING, Conversation, Message
from chatapp.conversations.turns import Hold, ReplyRunning
from chatapp.memories import off_record
from chatapp.pipeline import tell

SHARE = """
    INSERT INTO conversations_pathentry (conversation_id, message_id, position)
    SELECT %(branch)s, message_id, position FROM conversations_pathentry
    WHERE conversation_id = %(conversation)s AND position <= %(position)s
"""


def branch(user: User, conversation: Conversation, message_id: UUID) -> Conversation:
    """A conversation of its own that goes on behind this message.

    One in which nothing was said yet is used again, so that a double click opens one.
    Off the record stays off the record.
    Raises ReplyRunning when the message is still being written, Message.DoesNotExist
    when it is not shown here, and Conversation.DoesNotExist as `turns.begin` does.
    """
    with transaction.atomic():
        held = Hold(user, conversation).anyway()
        place = path.place_of(conversation.pk, message_id)
        if place is None or place.shown != message_id:
            raise Message.DoesNotExist
        if held.running and _is_written(message_id):
            raise ReplyRunning
        unused = Conversation.objects.filter(
            user=user, origin=conversation, leaf_id=message_id, message=None
        )
        if before := unused.order_by("-created_at").first():
            return before
        new = Conversation.objects.create(
            user=user,
            character_id=conversation.character_id,
            lane=conversation.lane,
            title=conversation.title,
            persona_id=conversation.persona_id,
            origin=conversation,
            leaf_id=message_id,
        )
        if off := off_record.current(conversation.pk):
            off_record.switch_on(new.pk, recalls=off.recalls)
        tell(
            SHARE,
            {
                "branch": new.pk,
                "conversation": conversation.pk,
                "position": place.position,
            },
        )
    return new


def _is_written(message_id: UUID) -> bool:
    return Message.objects.filter(
        pk=message_id, generations__status__in=RUNNING
    ).exists()
