"""A reply in the making: what a failed commit lost is written by the next."""

from __future__ import annotations

import uuid

import pytest
from django.db import OperationalError
from procrastinate.contrib.django.models import ProcrastinateJob

from chatapp.accounts.models import User
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Conversation, Status
from chatapp.conversations.tasks import defer_renewal
from chatapp.conversations.turns import begin
from chatapp.conversations.writing import Writing
from chatapp.memories.models import TurnRecord
from memory import events
from memory.errors import MemoryNotFound
from memory.prompt import build
from memory.recall import Recollection
from memory.reply import Citation


@pytest.fixture
def writing(person: User, conversation: Conversation) -> Writing:
    begun = begin(person, conversation, "I love rain.", uuid.uuid4())
    live = LiveReply(begun.generation.pk, conversation.pk)
    made = Writing(begun, live)
    prompt = build(instructions="x", history=[], text="I love rain.", atoms=[])
    made._take(events.Recalled(Recollection(session_id="session-1")))
    made._take(events.Prompted(prompt))
    return made


def logged(writing: Writing) -> str:
    pieces = writing.begun.generation.events.order_by("seq")
    return "".join(pieces.values_list("text", flat=True))


def test_a_flush_writes_the_text_and_the_record(writing: Writing) -> None:
    writing._take(events.Token("Good "))
    assert not writing.flush()
    writing._take(events.Token("evening."))
    assert not writing.flush()
    assert logged(writing) == "Good evening."
    assert TurnRecord.objects.get().session_id == "session-1"


def test_what_a_rolled_back_flush_wrote_is_written_again(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("the connection broke")

    writing._take(events.Token("Good "))
    with monkeypatch.context() as patch:
        patch.setattr(Writing, "_log", fail)
        with pytest.raises(OperationalError):
            writing.flush()
    assert not TurnRecord.objects.exists()
    writing._take(events.Token("evening."))
    writing.flush()
    assert logged(writing) == "Good evening."
    assert TurnRecord.objects.exists()


def test_a_flush_whose_answer_was_lost_is_repeated_without_a_gap(
    writing: Writing,
) -> None:
    writing._take(events.Token("Good "))
    writing._log(writing.due())  # committed, though we were told otherwise
    writing._take(events.Token("evening."))
    writing.flush()
    assert logged(writing) == "Good evening."


def test_a_stopped_reply_keeps_what_it_had_cited(writing: Writing) -> None:
    writing._take(events.Token("You like rain", (Citation("m1", 13),)))
    writing._take(events.Token(" and"))
    writing.close(writing.ended(Status.STOPPED))
    row = writing.begun.generation
    row.refresh_from_db()
    assert row.citations == [["m1", 13]]


def test_the_end_is_written_also_when_the_anchor_is_being_renewed_already(
    writing: Writing,
) -> None:
    lost = MemoryNotFound("anchor not found")
    writing._take(events.Recalled(Recollection(failure=lost)))
    writing._take(events.Token("Good evening."))
    defer_renewal(writing.begun.anchor.pk, "")
    writing.close(writing.ended(Status.COMPLETE))
    row = writing.begun.generation
    row.refresh_from_db()
    row.message.refresh_from_db()
    assert (row.status, row.message.text) == (Status.COMPLETE, "Good evening.")
    jobs = ProcrastinateJob.objects.values_list("task_name", flat=True)
    assert sorted(jobs) == ["learn_turn", "renew_anchor"]
