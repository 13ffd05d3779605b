"""Chooses among versions: another sibling is shown, with what stood below it last."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.conversations import hub, path, tasks
from chatapp.conversations.models import Conversation, Message, PathEntry
from chatapp.conversations.turns import Hold
from chatapp.memories import records
from chatapp.pipeline import tell

TURN = """
    UPDATE conversations_conversation
    SET leaf_id = %(leaf)s, path_version = path_version + 1
    WHERE id = %(conversation)s
"""


def select(
    user: User, conversation: Conversation, message_id: UUID, sibling_id: UUID
) -> None:
    """Show `sibling_id` in the place of `message_id`, or of what is shown there.

    Raises ReplyRunning, Message.DoesNotExist when the two are no siblings here, and
    Conversation.DoesNotExist when it changed hands a moment ago.
    """
    with transaction.atomic():
        Hold(user, conversation).got()
        place = path.place_of(conversation.pk, message_id)
        chosen = path.place_of(conversation.pk, sibling_id)
        if place is None or place != chosen:
            raise Message.DoesNotExist
        if place.shown != sibling_id:
            path.leave(conversation.pk, place.position)
            show(conversation, sibling_id, place.position)


def go_to(user: User, conversation: Conversation, message_id: UUID) -> None:
    """Show this message, wherever in the tree it is, with what stood below it last.

    One that is shown already changes nothing. Raises as `select` does.
    """
    with transaction.atomic():
        Hold(user, conversation).got()
        if not path.is_here(conversation.pk, message_id):
            raise Message.DoesNotExist
        place = path.place_of(conversation.pk, message_id)
        if place is None or place.shown != message_id:
            reach(conversation, message_id)


def reach(conversation: Conversation, message_id: UUID) -> bool:
    """Turn the path to where this message is; False if something above it is deleted.

    Part of the caller's transaction, which holds the conversation.
    """
    way = path.way_to(conversation.pk, message_id)
    if way is None:
        return False
    parent_id = Message.objects.values_list("parent", flat=True).get(pk=way[0])
    position = 0
    if parent_id is not None:
        above = PathEntry.objects.get(conversation=conversation, message=parent_id)
        position = above.position + 1
    path.leave(conversation.pk, position)
    show(conversation, message_id, position, above=way[:-1])
    return True


def show(
    conversation: Conversation,
    message_id: UUID,
    position: int,
    *,
    above: Sequence[UUID] = (),
) -> None:
    """Show `above`, this message and its tail where the path was left.

    Replies that were left behind before they were learnt from are learnt from now.
    Part of the caller's transaction.
    """
    if above:
        path.append(conversation.pk, above, position=position)
    leaf = path.follow(conversation.pk, message_id, position + len(above))
    turn(conversation, leaf)
    for generation_id, anchor_id in records.chosen_again(conversation.pk, position):
        tasks.defer_learning(generation_id, anchor_id)


def turn(conversation: Conversation, leaf: UUID | None) -> None:
    """Note that the path has changed and ends here now; tell the open pages."""
    tell(TURN, {"conversation": conversation.pk, "leaf": leaf})
    conversation.leaf_id = leaf
    hub.poke(conversation.pk)
