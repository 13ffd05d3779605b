"""A reply whose process died is found, and keeps its text."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chatapp.accounts.models import User
from chatapp.conversations import reaper
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import (
    Conversation,
    Generation,
    GenerationEvent,
    Status,
)
from chatapp.conversations.reaper import (
    DEAD_S,
    FORGOTTEN_S,
    interrupt,
    learn_forgotten,
)
from chatapp.conversations.turns import begin
from chatapp.memories.models import StepStatus, TurnRecord, TurnStep


def gone_silent(person: User, conversation: Conversation, seconds: float) -> Generation:
    generation = begin(person, conversation, "Hi.", uuid.uuid4()).generation
    for seq, text in enumerate(("Good ", "evening"), start=1):
        GenerationEvent.objects.create(generation=generation, seq=seq, text=text)
    Generation.objects.filter(pk=generation.pk).update(
        heartbeat_at=timezone.now() - timedelta(seconds=seconds)
    )
    return generation


def test_a_dead_reply_is_interrupted_with_its_text_and_learnt_from(
    person: User, conversation: Conversation
) -> None:
    generation = gone_silent(person, conversation, DEAD_S + 1)
    assert reap() == 1
    generation.refresh_from_db()
    assert generation.status == Status.INTERRUPTED
    assert generation.message.text == "Good evening"
    assert generation.problem
    assert ProcrastinateJob.objects.filter(task_name="learn_turn").count() == 1


def test_a_dead_reply_is_found_after_the_clock_was_set_back(
    person: User, conversation: Conversation
) -> None:
    gone_silent(person, conversation, -3600)
    assert reap() == 1


def test_a_living_reply_is_left_alone(person: User, conversation: Conversation) -> None:
    gone_silent(person, conversation, 1)
    assert reap() == 0


def test_a_conversation_goes_on_after_its_reply_died(
    person: User, conversation: Conversation
) -> None:
    gone_silent(person, conversation, DEAD_S + 1)
    reap()
    conversation.refresh_from_db()
    assert begin(person, conversation, "And now?", uuid.uuid4()).fresh


def test_a_reply_of_this_process_is_not_dead_after_a_pause_of_the_machine(
    person: User, conversation: Conversation
) -> None:
    generation = gone_silent(person, conversation, DEAD_S + 1)
    assert reap(alive=[generation.pk]) == 0


def test_one_that_can_not_be_ended_keeps_no_other_from_it(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Conversation.objects.create(
        user=person, character_id=conversation.character_id
    )
    cursed = gone_silent(person, conversation, DEAD_S + 1)
    gone_silent(person, other, DEAD_S + 1)

    def sometimes(generation: Generation, *args: Any) -> bool:
        if generation == cursed:
            raise KeyError("a fault of ours")
        return finish(generation, *args)

    monkeypatch.setattr(reaper, "finish", sometimes)
    assert reap() == 1


async def test_replies_of_a_process_that_lives_survive_an_outage_of_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All heartbeats are old when it is over; the dead are those that stay so."""
    living, dead = uuid.uuid4(), uuid.uuid4()
    old, now = timezone.now() - timedelta(seconds=60), timezone.now()
    rounds: list[dict[uuid.UUID, datetime] | Exception] = [
        OperationalError("away"),
        {living: old, dead: old},
        {dead: old},
        {living: now},
    ]
    interrupted: list[list[uuid.UUID]] = []

    async def look(_: object) -> dict[uuid.UUID, datetime]:
        if not rounds:
            raise asyncio.CancelledError
        found = rounds.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def end(found: list[uuid.UUID]) -> int:
        interrupted.append(found)
        return len(found)

    async def nothing() -> int:
        return 0

    monkeypatch.setattr(reaper, "_silent", look)
    monkeypatch.setattr(reaper, "_interrupt", end)
    monkeypatch.setattr(reaper, "_learn_forgotten", nothing)
    monkeypatch.setattr(reaper, "EVERY_S", 0.0)
    with pytest.raises(asyncio.CancelledError):
        await reaper.watch()
    assert interrupted == [[dead]]


def reap(alive: Collection[uuid.UUID] = ()) -> int:
    """Two rounds, between which nobody was heard."""
    return interrupt(reaper.silent(alive))


def ended_long_ago(person: User, conversation: Conversation) -> TurnRecord:
    """A turn whose job is lost."""
    begun = begin(person, conversation, "I love rain.", uuid.uuid4())
    finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I."))
    ago = timezone.now() - timedelta(seconds=2 * FORGOTTEN_S)
    Generation.objects.filter(pk=begun.generation.pk).update(ended_at=ago)
    ProcrastinateJob.objects.all().delete()
    return TurnRecord.objects.get(generation=begun.generation)


def test_a_turn_that_lost_its_job_gets_one_and_only_one(
    person: User, conversation: Conversation
) -> None:
    record = ended_long_ago(person, conversation)
    assert learn_forgotten() == 1
    assert learn_forgotten() == 0
    job = ProcrastinateJob.objects.get()
    assert job.args == {"generation_id": str(record.generation_id)}


def test_what_was_learnt_or_failed_for_good_is_left_alone(
    person: User, conversation: Conversation
) -> None:
    record = ended_long_ago(person, conversation)
    step = TurnStep.objects.create(
        record=record, name="learn", status=StepStatus.FAILED
    )
    assert learn_forgotten() == 0
    step.delete()
    TurnRecord.objects.update(learnt_at=timezone.now())
    assert learn_forgotten() == 0


def test_of_several_processes_one_at_a_time_looks_for_forgotten_turns(
    person: User, conversation: Conversation
) -> None:
    ended_long_ago(person, conversation)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [reaper.LEARN_LOCK])
            assert learn_forgotten() == 0
            cursor.execute("SELECT pg_advisory_unlock(%s)", [reaper.LEARN_LOCK])
    finally:
        other.close()
    assert learn_forgotten() == 1
