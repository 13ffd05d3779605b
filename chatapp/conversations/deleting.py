"""Deletes a message with what hangs below it, and takes that back for a while.

Nothing is removed here: the message is no longer visible in this conversation, so that
neither the path nor a pager leads to it, and what was remembered from it is masked.
`purging` removes the rows when the time for an undo is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations import choosing, path, reaper
from chatapp.conversations.models import (
    RUNNING,
    Conversation,
    Deletion,
    Generation,
    Message,
    PathEntry,
    Status,
)
from chatapp.conversations.turns import Hold

SLACK = timedelta(seconds=2)
"""An undo that was pressed in time, and whose request took long, still counts."""


class TooLate(Exception):
    """The time for an undo is over."""


@dataclass(frozen=True)
class Undo:
    """A deletion that can still be taken back; `count` messages left the page."""

    id: UUID
    message_id: UUID | None
    count: int
    seconds: int
    seconds_left: float


def delete(user: User, conversation: Conversation, message_id: UUID) -> Deletion:
    """Show a sibling instead of this message, or nothing; again changes nothing.

    A reply that is being written below it is ended. Raises Message.DoesNotExist when
    the message has no place here, Conversation.DoesNotExist as `turns.begin` does.
    """
    with transaction.atomic():
        held = Hold(user, conversation).anyway()
        mine = Deletion.objects.filter(conversation=conversation, undone_at=None)
        if before := mine.filter(message=message_id, purged_at=None).first():
            return before
        place = path.place_of(conversation.pk, message_id)
        if place is None:
            raise Message.DoesNotExist
        is_shown = place.shown == message_id
        if held.running and is_shown:
            _end_reply_below(conversation, place.position)
        message = Message.objects.get(pk=message_id)
        versions = path.siblings(conversation.pk, [message])
        deletion = Deletion.objects.create(
            conversation=conversation,
            message=message,
            count=held.length - place.position if is_shown else 1,
            expires_at=timezone.now() + timedelta(seconds=settings.UNDO_S),
        )
        if not is_shown:
            choosing.turn(conversation, conversation.leaf_id)
            return deletion
        path.leave(conversation.pk, place.position)
        instead = _neighbour(versions.get(message_id, ()), message_id)
        if instead is None:
            choosing.turn(conversation, message.parent_id)
        else:
            choosing.show(conversation, instead, place.position)
    return deletion


def is_above_a_reply(conversation: Conversation, message_id: UUID) -> bool:
    """Whether deleting this message deletes a reply that is being written."""
    if not conversation.generation_set.filter(status__in=RUNNING).exists():
        return False
    place = path.place_of(conversation.pk, message_id)
    return place is not None and place.shown == message_id


def undo(user: User, conversation: Conversation, deletion_id: UUID) -> UUID | None:
    """Show the message and its tail again; again changes nothing. Returns which one.

    While a reply is being written it only becomes one of the versions again. Raises
    TooLate, Deletion.DoesNotExist, and Conversation.DoesNotExist as `delete` does.
    """
    with transaction.atomic():
        held = Hold(user, conversation).anyway()
        deletion = Deletion.objects.get(pk=deletion_id, conversation=conversation)
        if deletion.undone_at is not None:
            return deletion.message_id
        now, message_id = timezone.now(), deletion.message_id
        if message_id is None or deletion.purged_at:
            raise TooLate
        if now > deletion.expires_at + SLACK:
            raise TooLate
        # update(), since save() asks how many rows it met: a pipeline knows that later.
        Deletion.objects.filter(pk=deletion.pk).update(undone_at=now)
        if held.running:
            choosing.turn(conversation, conversation.leaf_id)
        else:
            _show_again(conversation, message_id)
    return message_id


def undos(conversation: Conversation) -> Sequence[Undo]:
    """What can still be taken back here, newest first."""
    now = timezone.now()
    open_ones = Deletion.objects.filter(
        conversation=conversation,
        undone_at=None,
        purged_at=None,
        message__isnull=False,
        expires_at__gt=now,
    )
    return [
        Undo(
            id=deletion.pk,
            message_id=deletion.message_id,
            count=deletion.count,
            seconds=settings.UNDO_S,
            seconds_left=(deletion.expires_at - now).total_seconds(),
        )
        for deletion in open_ones.order_by("-created_at")
    ]


def _end_reply_below(conversation: Conversation, position: int) -> None:
    """End a reply that nobody has stopped in time: its writer notices, if it lives."""
    shown = PathEntry.objects.filter(conversation=conversation, position__gte=position)
    running = Generation.objects.filter(
        conversation=conversation,
        status__in=RUNNING,
        message__in=shown.values("message"),
    )
    whole = "conversation__user", "conversation__character"
    for generation in running.select_related(*whole):
        reaper.end(generation, Status.STOPPED)


def _neighbour(versions: Sequence[UUID], message_id: UUID) -> UUID | None:
    """The version before this one, else the one behind it."""
    if len(versions) < 2:
        return None
    index = versions.index(message_id)
    return versions[index - 1] if index else versions[1]


def _show_again(conversation: Conversation, message_id: UUID) -> None:
    """Turn the path to where this message is, unless something above it is deleted."""
    if not choosing.reach(conversation, message_id):
        choosing.turn(conversation, conversation.leaf_id)
