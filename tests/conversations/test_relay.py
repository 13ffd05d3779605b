"""A reply goes to the processes that ask for it, in batches, and to nobody else."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from chatapp.conversations import relay
from chatapp.conversations.link import FAILED, Frame, Link, own_channel
from chatapp.conversations.live import LiveReply
from chatapp.conversations.relay import Relay
from tests.harness.waiting import eventually


class FakeLink:
    """Notes what is sent; `answers` are the receivers of the next frames, else 1."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Frame]] = []
        self.answers: list[int] = []

    async def send(self, channel: str, frame: Frame) -> int:
        self.sent.append((channel, frame))
        return self.answers.pop(0) if self.answers else 1

    def pieces(self, process: str) -> list[Any]:
        channel = own_channel(process)
        return [p for c, frame in self.sent if c == channel for p in frame["pieces"]]


@asynccontextmanager
async def relaying() -> AsyncIterator[tuple[Relay, FakeLink, LiveReply]]:
    """A relay at work, and a reply that has begun."""
    link = FakeLink()
    relaying = Relay(cast(Link, link))
    live = LiveReply(uuid.uuid4(), uuid.uuid4())
    relaying.began(live)
    task = asyncio.create_task(relaying.run())
    try:
        yield relaying, link, live
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        live.end()


def text_of(pieces: list[Any]) -> str:
    """The text as a reader puts it together; a gap fails the test."""
    text = ""
    for _, offset, piece, _ in pieces:
        assert offset <= len(text)
        text = text[:offset] + piece
    return text


async def test_what_was_asked_for_is_sent_from_its_offset_to_its_end() -> None:
    async with relaying() as (here, link, live):
        live.append("Good ")
        here.asked("b", [(str(live.generation_id), 2)], anew=True)
        await eventually(lambda: link.pieces("b"), "the answer")
        assert link.pieces("b")[0] == (str(live.generation_id), 2, "od ", False)
        live.append("evening.")
        live.end()
        await eventually(lambda: link.pieces("b")[-1][3], "the end")
        assert "Go" + "".join(p[2] for p in link.pieces("b")) == "Good evening."


async def test_what_nobody_asked_for_is_not_sent() -> None:
    async with relaying() as (_, link, live):
        for word in ["Good", "evening", "to", "all", "of", "you"]:
            live.append(word)
            await asyncio.sleep(relay.BATCH_S / 2)
        assert link.sent == []


async def test_the_first_word_is_sent_at_once_and_the_rest_in_batches() -> None:
    async with relaying() as (here, link, live):
        here.asked("b", [(str(live.generation_id), 0)], anew=True)
        await eventually(lambda: link.sent, "the answer, still without a word")
        live.append("A")
        await asyncio.sleep(0)
        await asyncio.sleep(0.005)
        assert text_of(link.pieces("b")) == "A"
        frames = len(link.sent)
        for _ in range(20):
            live.append("b")
            await asyncio.sleep(0.005)
        await eventually(
            lambda: text_of(link.pieces("b")) == "A" + 20 * "b", "all of it"
        )
        assert len(link.sent) - frames <= 6


async def test_all_replies_for_one_process_travel_in_one_frame() -> None:
    async with relaying() as (here, link, live):
        other = LiveReply(uuid.uuid4(), uuid.uuid4())
        here.began(other)
        live.append("one")
        other.append("two")
        both = [(str(one.generation_id), 0) for one in (live, other)]
        here.asked("b", both, anew=True)
        await eventually(lambda: link.sent, "the answer")
        assert [p[2] for p in link.sent[0][1]["pieces"]] == ["one", "two"]


async def test_what_could_not_be_sent_is_sent_again() -> None:
    async with relaying() as (here, link, live):
        link.answers = [FAILED, FAILED]
        live.append("Good evening.")
        here.asked("b", [(str(live.generation_id), 0)], anew=True)
        await eventually(lambda: len(link.sent) == 3, "the third try")
        assert link.pieces("b")[-1][1:3] == (0, "Good evening.")


async def test_a_process_that_is_gone_is_sent_nothing_more() -> None:
    async with relaying() as (here, link, live):
        link.answers = [0]
        here.asked("b", [(str(live.generation_id), 0)], anew=True)
        await eventually(lambda: link.sent, "the answer, which nobody gets")
        live.append("Good")
        await asyncio.sleep(relay.BATCH_S * 3)
        assert len(link.sent) == 1


async def test_one_that_asks_again_is_answered_also_when_nothing_is_new() -> None:
    async with relaying() as (here, link, live):
        live.append("Good")
        want = (str(live.generation_id), 0)
        here.asked("b", [want], anew=True)
        await eventually(lambda: link.sent, "the answer")
        here.asked("b", [want], anew=False)
        await eventually(lambda: len(link.sent) == 2, "a sign of life")
        assert link.pieces("b")[-1] == (str(live.generation_id), 4, "", False)


async def test_a_lost_piece_is_sent_again_to_whoever_asks_anew() -> None:
    async with relaying() as (here, link, live):
        live.append("Good evening")
        here.asked("b", [(str(live.generation_id), 0)], anew=True)
        await eventually(lambda: link.sent, "which is lost, say")
        here.asked("b", [(str(live.generation_id), 4)], anew=True)
        await eventually(lambda: len(link.sent) == 2, "the rest again")
        assert link.pieces("b")[-1][1:3] == (4, " evening")
