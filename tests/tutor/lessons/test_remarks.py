"""Check 30: a reply that claims a write is contradicted unless the turn wrote it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from chatapp.conversations.models import Message
from chatapp.conversations.shown import as_html, shown
from chatapp.conversations.turns import Begun
from chatapp.memories.models import Atom, StepStatus, TurnRecord, TurnStep
from chatapp.memories.records import done_learning
from tests.tutor.lessons.sitting import Sitting
from tutor.learner import follow_ups

Sit = Callable[[], Sitting]
NOTED = "I've saved that in your notes."
DATED = "I'll schedule a review for Friday."


def record_of(begun: Begun) -> TurnRecord:
    record, _ = TurnRecord.objects.get_or_create(
        generation_id=begun.generation.pk, defaults={"anchor": begun.anchor}
    )
    return record


def below(begun: Begun) -> str:
    """What the page says under the reply."""
    reply = Message.objects.get(generation=begun.generation.pk)
    (one,) = shown(reply.conversation, [reply])
    assert one.remark.below in as_html(one)
    return one.remark.below


@pytest.mark.parametrize("claim", [NOTED, DATED])
def test_a_claim_without_its_write_is_contradicted_on_the_page(
    sit_down: Sit, claim: str
) -> None:
    begun = sit_down().begin().say("Why is that so?", reply=f"Because. {claim}")
    done_learning(record_of(begun))
    assert "Nothing was saved" in below(begun)


def test_a_claim_on_a_closed_question_is_contradicted_too(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    sitting.answer()
    begun = sitting.say("Thanks!", reply=f"With pleasure. {NOTED}")
    done_learning(record_of(begun))
    assert "Nothing was saved" in below(begun)


def test_nothing_is_said_while_the_turn_is_still_learnt_from(sit_down: Sit) -> None:
    begun = sit_down().begin().say("Why is that so?", reply=NOTED)
    assert below(begun) == ""
    record = record_of(begun)
    assert below(begun) == ""
    TurnStep.objects.create(record=record, name="learn", status=StepStatus.FAILED)
    assert "Nothing was saved" in below(begun)


def test_what_the_turn_wrote_may_be_said(sit_down: Sit) -> None:
    begun = sit_down().begin().say("I always mix these up.", reply=NOTED)
    record = record_of(begun)
    Atom.objects.create(
        anchor=begun.anchor,
        client_ref=uuid.uuid4(),
        atom_type="struggle_point",
        content="Learner mixes these up.",
        confidence=0.5,
        source_type="prd",
        brought_by=record,
    )
    done_learning(record)
    assert below(begun) == ""


def test_a_date_that_was_set_may_be_said_and_a_note_is_none(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    begun = sitting.answer()  # graded, and so noted, but nothing was scheduled
    Message.objects.filter(generation=begun.generation.pk).update(text=DATED)
    done_learning(record_of(begun))
    assert "Nothing was saved" in below(begun)
    asked = Message.objects.get(generation=begun.generation.pk).parent
    assert asked is not None
    follow_ups.schedule(
        sitting.learner,
        sitting.course,
        "Masks again",
        sitting.now() + timedelta(days=3),
        now=sitting.now(),
        quote=asked.text,
        message=asked,
    )
    assert below(begun) == ""


def test_a_graded_answer_is_noted(sit_down: Sit) -> None:
    begun = sit_down().begin().answer()
    reply = Message.objects.filter(generation=begun.generation.pk)
    reply.update(text="I have recorded it in your progress.")
    done_learning(record_of(begun))
    assert below(begun) == ""
