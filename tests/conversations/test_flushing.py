"""Many replies are written by one statement, and none keeps the others from it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.db import DataError, OperationalError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations import flushing
from chatapp.conversations.flushing import Flushes, flush_all
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Generation, Status
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.turns import begin
from chatapp.conversations.writing import Writing

Make = Callable[[str], Writing]


@pytest.fixture(name="make")
def _make(make_person: Callable[[str], User], character: Character) -> Make:
    """A reply to a new person of that name, which has got so far."""

    def make(name: str) -> Writing:
        person = make_person(name)
        conversation = open_conversation(person, character, "character")
        begun = begin(person, conversation, "Hi.", uuid.uuid4())
        live = LiveReply(begun.generation.pk, conversation.pk)
        writing = Writing(begun, live)
        live.append(f"Good evening, {name}")
        return writing

    return make


def some_writing() -> Writing:
    """One that nobody looks into."""
    return cast(Writing, object())


def row(writing: Writing) -> Generation:
    return Generation.objects.get(pk=writing.begun.generation.pk)


def logged(writing: Writing) -> str:
    return "".join(row(writing).events.order_by("seq").values_list("text", flat=True))


@pytest.mark.django_db
def test_all_replies_are_written_by_one_statement(
    make: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    writings = [make(f"guest{number}") for number in range(5)]
    with django_assert_num_queries(1):
        assert flush_all(writings) == dict.fromkeys(writings, False)
    writings[0].live.append(". Come in.")
    flush_all(writings)
    flush_all(writings)
    assert [logged(writing) for writing in writings] == [
        writing.live.text for writing in writings
    ]
    assert [row(writing).seq for writing in writings] == [2, 1, 1, 1, 1]
    assert row(writings[0]).status == Status.STREAMING


@pytest.mark.django_db
def test_one_that_shall_stop_or_has_ended_elsewhere_is_told_so(make: Make) -> None:
    stopped, ended, deleted, other = (make(name) for name in "abcd")
    Generation.objects.filter(pk=row(stopped).pk).update(stop_requested=True)
    Generation.objects.filter(pk=row(ended).pk).update(status=Status.INTERRUPTED)
    Generation.objects.filter(pk=row(deleted).pk).delete()
    answers = flush_all([stopped, ended, deleted, other])
    assert answers == {stopped: True, ended: True, deleted: True, other: False}
    assert logged(stopped) == stopped.live.text
    assert logged(ended) == ""


@pytest.mark.django_db(transaction=True)
async def test_a_reply_whose_row_is_held_is_written_later(make: Make) -> None:
    held = await sync_to_async(make)("mina")
    free = await sync_to_async(make)("jun")
    holding, done = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        with transaction.atomic():
            Generation.objects.select_for_update().get(pk=held.begun.generation.pk)
            loop.call_soon_threadsafe(holding.set)
            asyncio.run_coroutine_threadsafe(done.wait(), loop).result(10)
        connection.close()

    holder = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.wait_for(holding.wait(), 10)
    flushes = Flushes()
    answers = await asyncio.gather(flushes.flush(held), flushes.flush(free))
    assert not any(answers)
    assert await sync_to_async(logged)(free) == free.live.text
    assert await sync_to_async(logged)(held) == ""
    done.set()
    await holder
    assert await flushes.flush(held) is False
    assert await sync_to_async(logged)(held) == held.live.text


@pytest.mark.django_db
def test_one_that_can_not_be_written_does_not_keep_the_others(
    make: Make,
) -> None:
    bad, good = make("mina"), make("jun")
    bad.live.append("\x00")
    answers = flush_all([bad, good])
    assert isinstance(answers[bad], (DataError, ValueError))
    assert answers[good] is False
    assert logged(good) == good.live.text


async def test_a_database_that_is_away_is_told_to_everybody_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(_: object) -> dict[Writing, bool]:
        raise OperationalError("away")

    monkeypatch.setattr(flushing, "_in_thread", away)
    flushes = Flushes()
    waits = [flushes.flush(some_writing()) for _ in range(2)]
    answers = await asyncio.gather(*waits, return_exceptions=True)
    assert all(isinstance(answer, OperationalError) for answer in answers)


async def test_what_comes_meanwhile_goes_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batches: list[int] = []

    async def written(batch: list[Writing]) -> dict[Writing, bool]:
        batches.append(len(batch))
        await asyncio.sleep(0.01)
        return dict.fromkeys(batch, False)

    monkeypatch.setattr(flushing, "_in_thread", written)
    flushes = Flushes()
    first = asyncio.create_task(flushes.flush(some_writing()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = [flushes.flush(some_writing()) for _ in range(9)]
    await asyncio.gather(first, *rest)
    assert batches == [1, 9]


async def test_one_that_has_ended_does_not_wait_for_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = asyncio.Event()

    async def written(batch: list[Writing]) -> dict[Writing, bool]:
        await gate.wait()
        return dict.fromkeys(batch, False)

    monkeypatch.setattr(flushing, "_in_thread", written)
    flushes, ended = Flushes(), some_writing()
    first = asyncio.create_task(flushes.flush(some_writing()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(flushes.flush(ended))
    await asyncio.sleep(0)
    flushes.leave_out(ended)
    assert await asyncio.wait_for(second, 5) is False
    gate.set()
    await first
