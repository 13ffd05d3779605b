"""Pokes travel with the commit, and tell every watcher to look again."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from chatapp.conversations import hub
from chatapp.conversations.live import LiveReply
from tests.harness.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A watcher that notes what it is told."""

    def __init__(self) -> None:
        self.pokes = 0
        self.replies: list[LiveReply] = []
        self.elsewhere: list[uuid.UUID] = []
        self.told = asyncio.Event()

    def started(self, live: LiveReply) -> None:
        self.replies.append(live)

    def started_elsewhere(self, generation_id: uuid.UUID) -> None:
        self.elsewhere.append(generation_id)

    def poked(self) -> None:
        self.pokes += 1
        self.told.set()


async def listening() -> asyncio.Task[None]:
    return asyncio.create_task(hub.listen())


async def test_a_poke_reaches_the_watchers_of_its_conversation_only() -> None:
    here, there = uuid.uuid4(), uuid.uuid4()
    mine, other = Page(), Page()
    listener = await listening()
    with hub.watching(here, mine), hub.watching(there, other):
        async with asyncio.timeout(10):  # a new listener pokes everybody once
            await asyncio.gather(mine.told.wait(), other.told.wait())
        mine.told.clear()
        before = other.pokes
        await sync_to_async(hub.poke)(here)
        async with asyncio.timeout(10):
            await mine.told.wait()
        assert other.pokes == before
    listener.cancel()
    with suppress(asyncio.CancelledError):
        await listener


async def test_a_change_that_is_rolled_back_pokes_nobody() -> None:
    here = uuid.uuid4()
    mine = Page()
    listener = await listening()

    def undone() -> None:
        with transaction.atomic():
            hub.poke(here)
            transaction.set_rollback(True)
        hub.poke(here)

    with hub.watching(here, mine):
        async with asyncio.timeout(10):
            await mine.told.wait()
        before = mine.pokes
        mine.told.clear()
        await sync_to_async(undone)()
        async with asyncio.timeout(10):
            await mine.told.wait()
        await asyncio.sleep(0.05)
        assert mine.pokes == before + 1
    listener.cancel()
    with suppress(asyncio.CancelledError):
        await listener


async def test_nothing_that_is_heard_ends_the_listening(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub, "LISTEN_AGAIN_S", 0.01)
    monkeypatch.setattr(hub, "QUIET_S", 0.05)
    mine, here = Page(), uuid.uuid4()

    def junk() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, 'junk')", [hub.CHANNEL])

    listener = await listening()
    with hub.watching(here, mine):
        async with asyncio.timeout(10):
            await mine.told.wait()
        await asyncio.sleep(0.2)  # longer than it stays quiet
        await sync_to_async(junk)()
        mine.told.clear()
        async with asyncio.timeout(10):
            await mine.told.wait()  # it is back, and pokes everybody
            mine.told.clear()
            await sync_to_async(hub.poke)(here)
            await mine.told.wait()
    listener.cancel()
    with suppress(asyncio.CancelledError):
        await listener
    assert "trying again" in caplog.text


def test_only_the_watchers_of_a_conversation_hear_of_its_replies() -> None:
    here = uuid.uuid4()
    mine, other = Page(), Page()
    with hub.watching(here, mine), hub.watching(uuid.uuid4(), other):
        hub.announce(LiveReply(uuid.uuid4(), here))
    hub.announce(LiveReply(uuid.uuid4(), here))
    assert (len(mine.replies), len(other.replies)) == (1, 0)


async def test_stop_reaches_whoever_writes_the_reply() -> None:
    stopped: list[uuid.UUID] = []

    async def stop(generation_id: uuid.UUID) -> None:
        stopped.append(generation_id)

    page, conversation, generation = Page(), uuid.uuid4(), uuid.uuid4()
    listener = asyncio.create_task(hub.listen(stop))
    with hub.watching(conversation, page):
        async with asyncio.timeout(10):
            await page.told.wait()
        await sync_to_async(hub.ask_to_stop)(generation)
        await eventually(lambda: stopped == [generation], "it is asked to stop")
        assert page.pokes == 1
    listener.cancel()
    with suppress(asyncio.CancelledError):
        await listener


async def test_a_reply_of_another_process_is_announced_to_its_conversation() -> None:
    here, there, generation = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    mine, other = Page(), Page()
    with hub.watching(here, mine), hub.watching(there, other):
        hub.announce_elsewhere(here, generation)
    assert mine.elsewhere == [generation]
    assert other.elsewhere == []
