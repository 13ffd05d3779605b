"""When a turn is learnt: after its grace period, in order, and once it may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.conversations import path, reaper, tasks
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Generation, Status
from chatapp.conversations.revising import regenerate
from chatapp.conversations.tasks import learn_turn
from chatapp.conversations.turns import Begun, begin
from chatapp.memories import queue, records
from chatapp.memories.lines import MemoryLine, memory_lines
from chatapp.memories.models import Anchor, Atom, TurnRecord, TurnStep
from chatapp.memories.pause import Paused, pause, paused, resume
from memory.errors import BillingBlocked, KeyRefused, MemoryUnavailable
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.test_tasks import RAIN, spoken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_job_left(transactional_db: None) -> None:
    """The job library's tables are not among those that Django empties."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def jobs() -> list[dict[str, Any]]:
    """What waits, as the worker would take it."""
    fields = ("id", "queue_name", "scheduled_at", "attempts", "args")
    return list(ProcrastinateJob.objects.order_by("id").values(*fields))


def generations(found: list[dict[str, Any]]) -> list[UUID]:
    return [UUID(job["args"]["generation_id"]) for job in found]


def left(generation_id: UUID) -> bool:
    step = TurnStep.objects.filter(record__generation=generation_id, name="learn")
    return list(step.values_list("status", flat=True)) == ["left"]


async def learn(begun: Begun) -> None:
    await learn_turn(str(begun.generation.pk))


def test_a_turn_is_learnt_when_its_grace_period_is_over(
    person: User, conversation: Conversation, settings: Settings
) -> None:
    settings.LEARN_GRACE_S = 2.5
    before = timezone.now()
    begun = spoken(person, conversation)
    (job,) = jobs()
    assert generations([job]) == [begun.generation.pk]
    waits = (job["scheduled_at"] - before).total_seconds()
    assert 2.5 <= waits <= 2.5 + (timezone.now() - before).total_seconds()


def test_without_a_grace_period_it_is_due_at_once(
    person: User, conversation: Conversation, settings: Settings
) -> None:
    settings.LEARN_GRACE_S = 0
    spoken(person, conversation)
    assert [job["scheduled_at"] for job in jobs()] == [None]


def test_the_next_message_ends_the_grace_period(
    person: User, conversation: Conversation
) -> None:
    spoken(person, conversation)
    assert jobs()[0]["scheduled_at"] is not None
    conversation.refresh_from_db()
    begin(person, conversation, "And snow.", uuid4())
    assert [job["scheduled_at"] for job in jobs()] == [None]


def test_another_conversation_and_an_outage_are_left_as_they_are(
    person: User, conversation: Conversation
) -> None:
    spoken(person, conversation)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 1")
    conversation.refresh_from_db()
    begin(person, conversation, "And snow.", uuid4())
    assert jobs()[0]["scheduled_at"] is not None
    other = Conversation.objects.create(
        user=person, character=conversation.character, lane=conversation.lane
    )
    spoken(person, other)
    queue.end_grace(conversation.pk, Anchor.objects.get().pk)
    assert jobs()[1]["scheduled_at"] is not None


async def test_answering_again_within_the_grace_period_teaches_nothing_of_it(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    first = await sync_to_async(spoken)(person, conversation)
    await sync_to_async(regenerate)(person, conversation, first.reply_message.pk)
    await learn(first)
    assert await sync_to_async(left)(first.generation.pk)
    assert (memory.anchors, memory.atoms, memory.fed_back) == ([], {}, [])


async def test_what_the_person_said_is_learnt_once_whichever_reply_stands(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    otherwise = RAIN | {"content": "User enjoys wet weather."}
    model.atoms.extend([[RAIN], [otherwise]])
    first = await sync_to_async(spoken)(person, conversation)
    again = await sync_to_async(answered_again)(person, conversation, first)
    await learn(first)
    await learn(again)
    assert [atom["content"] for atom in memory.atoms.values()] == ["User loves rain."]
    deferred = await sync_to_async(choose)(conversation, first)
    assert deferred == [first.generation.pk]
    await learn(first)
    assert [atom["content"] for atom in memory.atoms.values()] == ["User loves rain."]
    record = await TurnRecord.objects.aget(generation=first.generation)
    assert record.learnt_at is not None


def answered_again(person: User, conversation: Conversation, first: Begun) -> Begun:
    """Another reply to the same message, which has ended too."""
    again = regenerate(person, conversation, first.reply_message.pk)
    finish(again.generation, again.anchor.pk, Ended(Status.COMPLETE, "Me too."))
    return again


def choose(conversation: Conversation, begun: Begun) -> list[UUID]:
    """Show this reply again; the turns that are learnt for it."""
    place = path.place_of(conversation.pk, begun.reply_message.pk)
    assert place is not None
    path.leave(conversation.pk, place.position)
    path.append(conversation.pk, [begun.reply_message.pk], position=place.position)
    turns = records.chosen_again(conversation.pk, place.position)
    for generation_id, anchor_id in turns:
        tasks.defer_learning(generation_id, anchor_id)
    return [generation_id for generation_id, _ in turns]


async def test_a_reply_that_comes_back_unnoticed_is_found_by_the_sweep(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    first = await sync_to_async(spoken)(person, conversation)
    again = await sync_to_async(answered_again)(person, conversation, first)
    await learn(first)
    await sync_to_async(queue.drop)([first.generation.pk, again.generation.pk])
    longer_ago = timezone.now() - timedelta(seconds=reaper.FORGOTTEN_S + 1)
    await Generation.objects.aupdate(ended_at=longer_ago)
    await sync_to_async(show_instead)(conversation, first)
    assert await sync_to_async(reaper.learn_forgotten)() == 1
    found = await sync_to_async(jobs)()
    assert generations(found) == [first.generation.pk]
    assert await sync_to_async(reaper.learn_forgotten)() == 0


def show_instead(conversation: Conversation, begun: Begun) -> None:
    place = path.place_of(conversation.pk, begun.reply_message.pk)
    assert place is not None
    path.leave(conversation.pk, place.position)
    path.append(conversation.pk, [begun.reply_message.pk], position=place.position)


async def test_an_earlier_turn_without_a_job_is_learnt_first(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    goat = RAIN | {"content": "User owns a goat.", "quote": "a goat"}
    model.atoms.extend([[RAIN], [goat]])
    first = await sync_to_async(spoken)(person, conversation)
    second = await sync_to_async(spoken)(person, conversation, "I own a goat.")
    await learn(second)
    contents = [atom["content"] for atom in memory.atoms.values()]
    assert contents == ["User loves rain.", "User owns a goat."]
    assert await TurnRecord.objects.filter(learnt_at=None).acount() == 0
    await learn(first)
    assert len(memory.atoms) == 2


async def test_an_earlier_turn_that_waits_keeps_the_later_one_waiting(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    memory.fail("create_anchor", MemoryUnavailable("away"))
    await sync_to_async(spoken)(person, conversation)
    second = await sync_to_async(spoken)(person, conversation, "I own a goat.")
    with pytest.raises(MemoryUnavailable):
        await learn(second)
    assert memory.atoms == {}


@pytest.mark.parametrize("error", [BillingBlocked("unpaid"), KeyRefused("bad key")])
async def test_a_blocked_account_sets_everything_aside_and_says_so(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    settings: Settings,
    error: BillingBlocked | KeyRefused,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.LEARN_GRACE_S = 0
    model.atoms.append([RAIN])
    memory.fail("store_atom", error)
    first = await sync_to_async(spoken)(person, conversation)
    second = await sync_to_async(spoken)(person, conversation, "Hello again.")
    with pytest.raises(type(error)):
        await learn(first)
    with pytest.raises(Paused):
        await learn(second)
    assert {job["queue_name"] for job in await sync_to_async(jobs)()} == {queue.PARKED}
    lines = await sync_to_async(memory_lines)(
        [first.generation.pk, second.generation.pk]
    )
    assert {line.waiting for line in lines.values()} == {error.user_message}
    assert not any(line.learning or line.failed for line in lines.values())
    told = [r for r in caplog.records if "Memory is paused" in r.message]
    assert [r.levelname for r in told] == ["ERROR"]
    assert await sync_to_async(resume)() == 2
    await learn(first)
    assert (await Atom.objects.aget()).state == "saved"
    found = await sync_to_async(jobs)()
    assert generations(found) == [first.generation.pk, second.generation.pk]
    assert {job["queue_name"] for job in found} == {queue.LEARN}


@pytest.mark.parametrize("reason", ["", BillingBlocked("unpaid").user_message])
def test_a_reply_tells_a_pause_once(reason: str) -> None:
    told = BillingBlocked("unpaid").user_message
    line = MemoryLine(reason=reason, waiting=told)
    message = {"status": "complete", "memory": line}
    foot = render_to_string("conversations/_message_foot.html", {"message": message})
    assert escape(told) in foot
    assert foot.count(escape(told)) == 1
    assert "Not remembered yet" in foot


def test_what_is_in_its_grace_period_keeps_it_while_memory_is_paused(
    person: User, conversation: Conversation
) -> None:
    spoken(person, conversation)
    pause(BillingBlocked("unpaid"))
    (job,) = jobs()
    assert (job["queue_name"], job["scheduled_at"] is None) == (queue.LEARN, False)


def test_a_pause_is_told_once_and_ends_once(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    pause(BillingBlocked("unpaid"))
    pause(BillingBlocked("unpaid"))
    assert paused() is not None
    resume()
    resume()
    assert paused() is None
    assert [r.levelname for r in caplog.records] == ["ERROR", "WARNING"]


def test_jobs_that_wait_for_their_next_try_are_woken_in_order(
    person: User, conversation: Conversation, settings: Settings
) -> None:
    settings.LEARN_GRACE_S = 30
    spoken(person, conversation)
    spoken(person, conversation, "I own a goat.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET attempts = 3,"
            " scheduled_at = now() + interval '1 hour'"
        )
    spoken(person, conversation, "It is in its grace period.")
    assert queue.wake() == 2
    assert [job["scheduled_at"] is None for job in jobs()] == [True, True, False]
