"""Older messages in short: which are due, and the summary written down.

A summary belongs to one conversation and is made of its own path alone. It is made
step by step, each step one commit, behind the newest one that still holds: after an
edit, a deletion or another choice that is an earlier one, or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations import context
from chatapp.conversations.models import Conversation, PathEntry, Role, Summary
from memory.completion import Message
from memory.tokens import recent, tokens_in

LAG = 8
"""Messages that may be out of the model's sight before a summary tells of them."""
STEP_TOKENS = 3_000
"""What one call reads of the conversation."""
MOST_MESSAGES = 60


@dataclass(frozen=True)
class Piece:
    """What the next step reads: the summary before it, and the messages behind that."""

    user: User
    speaker: str
    before: str
    said: Sequence[Message]
    last: UUID
    covers: int


def holding(conversation: Conversation | UUID) -> Summary | None:
    """The newest summary of what is shown; None when there is none that holds."""
    return (
        Summary.objects.filter(conversation=conversation)
        .filter(
            last__in=PathEntry.objects.filter(conversation=conversation).values(
                "message"
            )
        )
        .order_by("-covers")
        .first()
    )


def out_of_sight(conversation: Conversation) -> int:
    """How many of the oldest messages the next prompt will not have word for word."""
    said = context.SaidAsked(conversation).all()
    if not said:
        return 0
    spoken = [_message(each) for each in said]
    kept = recent(spoken, settings.HISTORY_TOKENS)
    return said[len(said) - len(kept)].position


def next_piece(conversation_id: UUID) -> Piece | None:
    """What is to be summarised next; None when nothing is due."""
    conversation = context.find(conversation_id)
    if conversation is None or not settings.SUMMARY_TOKENS:
        return None
    end = out_of_sight(conversation)
    before = holding(conversation)
    begin = before.covers if before else 0
    if end - begin < LAG:
        return None
    entries = (
        PathEntry.objects.filter(
            conversation=conversation, position__gte=begin, position__lt=end
        )
        .select_related("message")
        .order_by("position")[:MOST_MESSAGES]
    )
    taken: list[PathEntry] = []
    spent = 0
    for entry in entries:
        spent += tokens_in(entry.message.text)
        if taken and spent > STEP_TOKENS:
            break
        taken.append(entry)
    return Piece(
        user=User.objects.get(pk=conversation.user_id),
        speaker=conversation.character.name,
        before=before.text if before else "",
        said=[
            Message(
                "user" if entry.message.role == Role.USER else "assistant",
                entry.message.text,
            )
            for entry in taken
            if entry.message.text
        ],
        last=taken[-1].message_id,
        covers=taken[-1].position + 1,
    )


def keep(conversation_id: UUID, piece: Piece, text: str) -> bool:
    """Write the summary down; False when it does not hold any more."""
    with transaction.atomic():
        # Whoever changes the path holds this row.
        held = Conversation.objects.select_for_update(no_key=True)
        if not held.filter(pk=conversation_id).exists():
            return False
        before = holding(conversation_id)
        shown = PathEntry.objects.filter(conversation=conversation_id)
        if not shown.filter(message=piece.last, position=piece.covers - 1).exists():
            return False
        if (before.text if before else "") != piece.before:
            return False  # the person wrote into it meanwhile: it is made again
        Summary.objects.update_or_create(
            conversation_id=conversation_id,
            last_id=piece.last,
            defaults={"text": text, "covers": piece.covers, "by_hand": False},
        )
    return True


def rewrite(summary: Summary, text: str) -> bool:
    """Put the person's own words in its place; False when a newer one holds by now."""
    with transaction.atomic():
        Conversation.objects.select_for_update(no_key=True).get(
            pk=summary.conversation_id
        )
        newest = holding(summary.conversation_id)
        if newest is None or newest.pk != summary.pk:
            return False
        Summary.objects.filter(pk=summary.pk).update(
            text=text, by_hand=True, updated_at=timezone.now()
        )
    return True


def drop(conversation: Conversation) -> None:
    """Remove all summaries of this conversation."""
    Summary.objects.filter(conversation=conversation).delete()


def _message(said: context.Said) -> Message:
    return Message("user" if said.role == Role.USER else "assistant", said.text)
