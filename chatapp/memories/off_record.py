"""Conversations off the record: while the switch is on, nothing said in them is learnt.

A turn is off the record when the switch was on while its message or its reply was
written, or is on when it would be learnt. What waited to be learnt or stored at the
moment of switching is let go, too. Jobs, the book and the page ask the same question.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from chatapp.memories import steps
from chatapp.memories.models import (
    Atom,
    AtomState,
    OffRecord,
    StepStatus,
    TurnRecord,
)
from chatapp.pipeline import Asked

NOTE = gettext_noop("said off the record.")
# Of a generation and the message that it answers.
COVERED = """
    EXISTS (SELECT 1 FROM memories_offrecord AS off
            WHERE off.conversation_id = generation.conversation_id
              AND (off.ended_at IS NULL OR off.ended_at > generation.created_at)
               OR off.conversation_id = asked.conversation_id
              AND off.began_at <= asked.created_at
              AND (off.ended_at IS NULL OR off.ended_at > asked.created_at))
"""
IS_COVERED = f"""
    SELECT {COVERED} FROM conversations_generation AS generation
    JOIN conversations_message AS reply ON reply.id = generation.message_id
    JOIN conversations_message AS asked ON asked.id = reply.parent_id
    WHERE generation.id = %s
"""
OPEN = """
    SELECT coalesce((SELECT recalls FROM memories_offrecord
                     WHERE conversation_id = %s AND ended_at IS NULL), true),
           EXISTS (SELECT 1 FROM memories_sharing WHERE user_id = %s)
"""


class Rules(NamedTuple):
    """May memory be used in a conversation, and do the person's characters share?"""

    recalls: bool = True
    shares: bool = False


PLAIN = Rules()


class RulesAsked:
    """The question for a conversation's rules, on its way: every turn waits for it."""

    def __init__(self, conversation_id: UUID, user_id: int) -> None:
        self._found = Asked(OPEN, [conversation_id, user_id])

    def one(self) -> Rules:
        """Its answer."""
        row = self._found.one()
        return Rules(*row) if row else PLAIN


def current(conversation_id: UUID) -> OffRecord | None:
    """The switch of this conversation, None when it is off."""
    return OffRecord.objects.filter(conversation=conversation_id, ended_at=None).first()


def covers(generation_id: UUID) -> bool:
    """Whether nothing may be learnt from this turn."""
    row = Asked(IS_COVERED, [generation_id]).one()
    return bool(row and row[0])


def switch_on(conversation_id: UUID, *, recalls: bool = True) -> None:
    """Learn nothing more here, also not from what was said a moment ago."""
    with transaction.atomic():
        OffRecord.objects.update_or_create(
            conversation_id=conversation_id,
            ended_at=None,
            defaults={"recalls": recalls},
        )
        turns = TurnRecord.objects.filter(
            generation__conversation=conversation_id, learnt_at=None
        )
        # A job that writes what it found holds its turn: either it sees the switch, or
        # what it wrote is seen here.
        held = list(turns.select_for_update(no_key=True, of=("self",)))
        for record in held:
            note(record.pk)
        Atom.objects.filter(
            brought_by__in=held, state__in=[AtomState.PENDING, AtomState.FAILED]
        ).update(state=AtomState.WITHDRAWN)


def switch_off(conversation_id: UUID) -> None:
    """Learn again from what is said from now on."""
    OffRecord.objects.filter(conversation=conversation_id, ended_at=None).update(
        ended_at=timezone.now()
    )


def note(record_id: int) -> None:
    """Say on the record of a turn that nothing is learnt from it."""
    steps.close(record_id, "learn", StepStatus.OFF_RECORD, NOTE)
