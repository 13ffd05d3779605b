"""Two processes and a Redis: words arrive at once, and none is lost when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from django.db import OperationalError

from chatapp.conversations import hub, link, mirrors
from chatapp.conversations.event_log import Logged
from chatapp.conversations.exchange import Exchange
from chatapp.conversations.live import LiveReply
from chatapp.conversations.mirrors import Mirrors
from tests.harness.redis import RedisServer, needs_redis, running_redis
from tests.harness.waiting import eventually

pytestmark = [needs_redis, pytest.mark.xdist_group("redis")]


@pytest.fixture(scope="module", name="redis")
def _redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture(name="no_log", autouse=True)
def _no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives has come through Redis; a test that wants a log sets its own."""

    async def away(*_: object) -> Logged:
        raise OperationalError("away")

    monkeypatch.setattr(mirrors, "read_log", away)
    monkeypatch.setattr(mirrors, "LOG_S", 0.05)
    monkeypatch.setattr(link, "AGAIN_S", 0.05)


class Page:
    """A watcher that notes which replies began elsewhere."""

    def __init__(self) -> None:
        self.elsewhere: list[uuid.UUID] = []

    def started(self, live: LiveReply) -> None:
        pass

    def started_elsewhere(self, generation_id: uuid.UUID) -> None:
        self.elsewhere.append(generation_id)

    def poked(self) -> None:
        pass


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Exchange, Exchange, Mirrors]]:
    """One process that writes and one that reads, and the copies of the second."""
    copies = Mirrors()
    writer, reader = Exchange(url, Mirrors()), Exchange(url, copies)
    tasks = [asyncio.create_task(one.run()) for one in (writer, reader)]
    try:
        await eventually(lambda: writer.link.up and reader.link.up, "both are up")
        yield writer, reader, copies
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_reply_arrives_at_the_other_process_byte_for_byte(
    redis: RedisServer,
) -> None:
    live = LiveReply(uuid.uuid4(), uuid.uuid4())
    words = ["Grüße ", "\U0001f44b\U0001f3fd", "\n\n", "안녕 ", "\u2028", '"\\', "."]
    page = Page()
    async with two(redis.url) as (_, _, copies):
        with hub.watching(live.conversation_id, page):
            hub.announce(live)
            await eventually(lambda: page.elsewhere, "the pages there are told")
        with copies.copy(live.generation_id, live.conversation_id) as copy:
            for word in words * 5:
                live.append(word)
                await asyncio.sleep(0.01)
            live.end()
            await eventually(lambda: copy.ended, "the end arrives, too")
            assert copy.text == live.text == "".join(words * 5)


async def test_redis_may_die_in_mid_reply_and_come_back(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveReply(uuid.uuid4(), uuid.uuid4())
    reads = 0

    async def log(generation_id: uuid.UUID, since: int) -> Logged:
        nonlocal reads
        reads += 1
        return Logged(((1, live.text),)) if live.text else Logged()

    monkeypatch.setattr(mirrors, "read_log", log)
    async with two(redis.url) as (writer, reader, copies):
        hub.announce(live)
        with copies.copy(live.generation_id, live.conversation_id) as copy:
            live.append("Good ")
            await eventually(lambda: copy.text == "Good ", "it came by Redis")
            redis.kill()
            await eventually(
                lambda: not (reader.link.up or writer.link.up), "both notice"
            )
            live.append("eve")
            await eventually(lambda: copy.text == "Good eve", "it came by the log")
            redis.start()
            await eventually(lambda: reader.link.up and writer.link.up, "both are back")
            monkeypatch.undo()
            live.append("ning")
            await eventually(lambda: copy.text == "Good evening", "by Redis again")
    assert reads


async def test_a_redis_that_hangs_is_noticed_before_its_silence_is_believed(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveReply(uuid.uuid4(), uuid.uuid4())

    async def log(generation_id: uuid.UUID, since: int) -> Logged:
        return Logged(((1, live.text),)) if live.text else Logged()

    monkeypatch.setattr(mirrors, "read_log", log)
    monkeypatch.setattr(mirrors, "HEARD_FOR_S", 600.0)
    monkeypatch.setattr(link, "BEAT_S", 0.1)
    async with two(redis.url) as (_, _, copies):
        hub.announce(live)
        with copies.copy(live.generation_id, live.conversation_id) as copy:
            live.append("Good ")
            await eventually(lambda: copy.text == "Good ", "it came by Redis")
            os.kill(redis.pid, signal.SIGSTOP)
            try:
                live.append("evening")
                await eventually(lambda: copy.text == "Good evening", "by the log")
            finally:
                os.kill(redis.pid, signal.SIGCONT)


async def test_nothing_is_sent_for_pages_that_have_gone(redis: RedisServer) -> None:
    live = LiveReply(uuid.uuid4(), uuid.uuid4())
    async with two(redis.url) as (writer, _, copies):
        hub.announce(live)
        with copies.copy(live.generation_id, live.conversation_id) as copy:
            live.append("Good ")
            await eventually(lambda: copy.text, "it is sent")
        await eventually(
            lambda: not any(writer._relay._wishes.values()), "nobody wants it any more"
        )
