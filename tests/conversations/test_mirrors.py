"""A copy of another process's reply loses and doubles nothing, whoever brings it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from chatapp.conversations import mirrors
from chatapp.conversations.event_log import Logged
from chatapp.conversations.mirrors import Mirrors, Want
from tests.harness.waiting import eventually

GENERATION, CONVERSATION = uuid.uuid4(), uuid.uuid4()


class FakeLog:
    """An event log; `faults` are raised first, `reads` are what was asked."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.ended: str | None = None
        self.faults: list[Exception] = []
        self.reads: list[int] = []

    async def read(self, generation_id: uuid.UUID, since: int) -> Logged:
        self.reads.append(since)
        if self.faults:
            raise self.faults.pop(0)
        if self.ended is not None:
            return Logged(ended=self.ended)
        numbered = enumerate(self.events, start=1)
        return Logged(tuple((seq, text) for seq, text in numbered if seq >= since))


@pytest.fixture(name="log")
def _log(monkeypatch: pytest.MonkeyPatch) -> FakeLog:
    log = FakeLog()
    monkeypatch.setattr(mirrors, "read_log", log.read)
    monkeypatch.setattr(mirrors, "LOG_S", 0.01)
    return log


@pytest.fixture(name="copies")
def _copies() -> Mirrors:
    return Mirrors()


async def test_without_any_link_the_log_brings_the_whole_reply(
    log: FakeLog, copies: Mirrors
) -> None:
    log.events.append("Good ")
    with copies.copy(GENERATION, CONVERSATION) as live:
        await eventually(lambda: live.text == "Good ", "the log so far")
        log.events.append("evening")
        await eventually(lambda: live.text == "Good evening", "what the log got since")
        log.ended = "Good evening."
        await eventually(lambda: live.ended, "the end")
        assert live.text == "Good evening."


async def test_an_event_that_was_written_again_with_more_text_is_read_again(
    log: FakeLog, copies: Mirrors
) -> None:
    log.events.append("Good")
    with copies.copy(GENERATION, CONVERSATION) as live:
        await eventually(lambda: live.text == "Good", "the first try")
        log.events[0] = "Good eve"
        log.events.append("ning")
        await eventually(lambda: live.text == "Good evening", "all of it, once")


async def test_pieces_and_log_overlap_without_doubling_a_character(
    log: FakeLog, copies: Mirrors
) -> None:
    log.events += ["Good ", "eve"]
    with copies.copy(GENERATION, CONVERSATION) as live:
        copies.take(GENERATION, 0, "Good evening", False)
        copies.take(GENERATION, 5, "evening", False)
        await eventually(lambda: log.reads, "the log is read as well")
        copies.take(GENERATION, 5, "evening. \U0001f44b", False)
        assert live.text == "Good evening. \U0001f44b"


async def test_a_gap_is_asked_for_and_filled_from_the_log(
    log: FakeLog, copies: Mirrors
) -> None:
    asked: list[tuple[Sequence[Want], bool]] = []
    copies.ask = lambda wants, anew: asked.append((wants, anew))
    with copies.copy(GENERATION, CONVERSATION) as live:
        copies.take(GENERATION, 0, "Go", False)
        await eventually(lambda: log.reads, "the log is read at the beginning")
        log.events.append("Good even")
        copies.take(GENERATION, 9, "ing", False)
        assert asked[-1] == ([(GENERATION, 2)], True)
        assert live.text == "Go"
        await eventually(lambda: live.text == "Good even", "the log fills it")
        copies.take(GENERATION, 2, "od evening", False)
        assert live.text == "Good evening"


async def test_a_process_that_is_heard_saves_reading_the_log(
    log: FakeLog, copies: Mirrors
) -> None:
    with copies.copy(GENERATION, CONVERSATION):
        await eventually(lambda: log.reads, "it is read at the beginning")
        copies.take(GENERATION, 0, "Good", False)
        await asyncio.sleep(0.05)
        before = len(log.reads)
        await asyncio.sleep(0.2)
        assert len(log.reads) == before
        copies.unheard()
        await eventually(lambda: len(log.reads) > before + 3, "it is read again")


async def test_readers_share_a_copy_and_the_last_one_lets_it_go(
    log: FakeLog, copies: Mirrors
) -> None:
    left: list[uuid.UUID] = []
    copies.leave = left.append
    with copies.copy(GENERATION, CONVERSATION) as one:
        with copies.copy(GENERATION, CONVERSATION) as two:
            assert one is two
            assert copies.wants() == [(GENERATION, 0)]
        assert left == []
    assert left == [GENERATION]
    assert copies.wants() == []


async def test_a_log_that_can_not_be_read_is_read_again(
    log: FakeLog, copies: Mirrors
) -> None:
    log.faults = [OperationalError("away"), OperationalError("away")]
    log.events.append("Good")
    with copies.copy(GENERATION, CONVERSATION) as live:
        await eventually(lambda: live.text == "Good", "the database is back")


async def test_a_reply_whose_process_died_ends_with_what_the_database_has(
    log: FakeLog, copies: Mirrors
) -> None:
    log.events.append("Good ev")
    with copies.copy(GENERATION, CONVERSATION) as live:
        copies.take(GENERATION, 0, "Good evening", False)
        log.ended = "Good ev"
        copies.unheard()
        await eventually(lambda: live.ended, "its end is seen")
