"""The record of a turn tells what was not kept, too, and where each step stands."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.memories import steps
from chatapp.memories.inspector import turn_shown
from chatapp.memories.models import StepStatus, TurnRecord
from chatapp.memories.off_record import NOTE
from tests.conversations.tree import say

pytestmark = pytest.mark.django_db


@pytest.fixture(name="record")
def _record(conversation: Conversation) -> TurnRecord:
    begun = say(conversation, "I'm a spy. Just kidding.")
    return TurnRecord.objects.get(generation=begun.generation)


def test_what_was_proposed_and_not_kept_stands_there_with_its_reason(
    client: Client, person: User, record: TurnRecord
) -> None:
    turn = reverse("memories:turn", args=[record.generation_id])
    client.force_login(person)
    page = client.get(turn).content.decode()
    assert "not kept" not in page
    assert "had not been given" not in page
    record.rejected = [
        "It was said in jest.",
        "You chose not to have health remembered.",
    ]
    record.stray = ["m9"]
    record.save()
    page = client.get(turn).content.decode()
    assert "2 proposals were not kept:" in page
    assert "<li>It was said in jest.</li>" in page
    assert "<li>You chose not to have health remembered.</li>" in page
    assert "The reply also named m9, which it had not been given." in page
    client.cookies.load({"django_language": "ko"})
    assert "It was said in jest." not in client.get(turn).content.decode()


def test_a_step_that_asked_and_found_nothing_did_not_have_nothing_to_do(
    record: TurnRecord,
) -> None:
    steps.close(record.pk, "feedback", StepStatus.NONE)
    steps.close(record.pk, "extract", StepStatus.NONE)
    steps.close(record.pk, "store", StepStatus.FAILED, "No such anchor.")
    *_, half = turn_shown(record).halves
    assert {step.name: step.word for step in half.steps} == {
        "feedback": "nothing to do",
        "extract": "nothing found",
        "store": "failed",
    }
    steps.close(record.pk, "extract", StepStatus.NONE, "Nothing in a greeting.")
    *_, half = turn_shown(record).halves
    assert half.steps[1].word == "nothing to do"


@pytest.mark.parametrize(
    ("step", "status", "detail", "said"),
    [
        ("learn", StepStatus.OFF_RECORD, NOTE, "Not remembered: said off the record."),
        ("extract", StepStatus.NONE, NOTE, "Not remembered: said off the record."),
        ("learn", StepStatus.WAITING, "It is away.", "Not remembered yet. It is away."),
        ("extract", StepStatus.FAILED, "It broke.", "Not remembered: It broke."),
        ("evaluate", StepStatus.DONE, "", "Taking notes…"),
        ("extract", StepStatus.NONE, "", "Nothing in this turn was worth keeping."),
    ],
)
def test_only_what_was_looked_at_is_called_not_worth_keeping(
    client: Client,
    person: User,
    record: TurnRecord,
    step: str,
    status: StepStatus,
    detail: str,
    said: str,
) -> None:
    steps.close(record.pk, step, status, detail)
    client.force_login(person)
    turn = reverse("memories:turn", args=[record.generation_id])
    page = client.get(turn).content.decode()
    assert said in page
    assert ("worth keeping" in page) is ("worth keeping" in said)
