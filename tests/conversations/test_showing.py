"""What a page is sent of a reply: every character once, in few bytes, without a delay."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.conversations.live import LiveReply
from chatapp.conversations.markdown import render
from chatapp.conversations.showing import BATCH_S, FAR_BEHIND, Frame, Showing
from tests.conversations.replies import REPLY, TOKENS
from tests.harness import virtual_time
from tests.harness.frames import Frames


def on_the_wire(payload: int) -> int:
    """Bytes of a frame that a WebSocket server sends (RFC 6455, 5.2)."""
    return payload + (2 if payload < 126 else 4 if payload < 65_536 else 10)


@dataclass
class Page:
    """A page that puts together what it is sent, and counts the bytes.

    HTML that it is sent anew stands for the beginning of the `whole` text. `left`
    counts the frames until its connection breaks, -1 never.
    """

    whole: str = ""
    left: int = -1
    text: str = ""
    blocks: list[str] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    bytes: int = 0
    reads_in_s: float = 0.0
    frames: Frames = field(default_factory=Frames)

    async def take(self, frame: Frame) -> None:
        if self.left == 0:
            raise ConnectionError
        self.left -= 1
        self.heard.append(asyncio.get_running_loop().time())
        words = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
        self.bytes += on_the_wire(len(words.encode()))
        self.put(self.frames.read(words))
        if self.reads_in_s:
            await asyncio.sleep(self.reads_in_s)

    def put(self, frame: dict[str, Any]) -> None:
        if frame["kind"] == "delta":
            assert frame["offset"] == len(self.text), "a gap, or something twice"
            self.text += frame["text"]
        else:
            assert frame["closed_from"] == len(self.blocks), "a block comes once"
            self.text = self.text or self.whole[: frame["offset"]]
            lagged = frame["offset"] - len(self.text)
            assert lagged == 0 or lagged >= FAR_BEHIND
            self.text += self.whole[len(self.text) : frame["offset"]]
            self.blocks += frame["closed"]


def show(
    tokens: Sequence[str], page: Page, *, per_second: float, before: str = ""
) -> LiveReply:
    """Write a reply at that pace while a page looks at it."""
    live = LiveReply(uuid4(), uuid4(), before)

    async def both() -> None:
        showing = Showing(live, 1, page.take, offset=0, closed=0)
        shown = asyncio.create_task(showing.run())
        await asyncio.sleep(0)
        await write(live, tokens, per_second)
        await shown

    virtual_time.run(both())
    return live


async def write(live: LiveReply, tokens: Sequence[str], per_second: float) -> None:
    for token in tokens:
        live.append(token)
        await asyncio.sleep(1 / per_second)
    live.end()


@pytest.mark.parametrize("per_second", [20, 30, 50])
def test_a_reply_of_2300_characters_costs_few_bytes(per_second: int) -> None:
    assert 2_300 <= len(REPLY) <= 2_400
    page = Page()
    show(TOKENS, page, per_second=per_second)
    assert page.text == REPLY
    assert page.bytes < 18_000


def test_closed_blocks_are_sent_once_and_as_they_stay() -> None:
    page = Page()
    live = show(TOKENS, page, per_second=50)
    assert len(page.blocks) >= 12
    whole = "".join(page.blocks) + live.rendering().tail
    assert whole == render(REPLY)


def test_the_first_token_waits_for_nothing_and_no_other_longer_than_a_batch() -> None:
    page = Page()
    show(["Good", " evening", ",", " you"], page, per_second=100)
    assert page.heard[0] == 0.0
    assert page.text == "Good evening, you"
    assert max(b - a for a, b in zip(page.heard, page.heard[1:], strict=False)) <= (
        BATCH_S + 0.011
    )


def test_a_page_that_reads_slowly_gets_more_at_a_time_and_misses_nothing() -> None:
    page = Page(reads_in_s=2.0, whole=REPLY)
    show(TOKENS, page, per_second=50)
    assert page.text == REPLY
    assert len(page.heard) < 20


def test_plain_prose_is_sent_once_and_not_rendered_while_it_grows() -> None:
    page = Page()
    prose = ["The lamp turns slowly, and nobody has asked it to. "] * 40
    show(prose, page, per_second=20)
    assert page.blocks == []
    assert page.bytes < len("".join(prose)) + 40 * 25


def test_a_continued_reply_begins_with_what_was_there() -> None:
    page = Page(whole="# Tale\n\nOnce upon a time.")
    show([" a", " time."], page, per_second=20, before="# Tale\n\nOnce upon")
    assert page.text == page.whole
    assert page.blocks == ["<h1>Tale</h1>\n"]


@settings(max_examples=150, deadline=None)
@given(
    visits=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=12),
    pieces=st.lists(
        st.sampled_from(["one ", "*two*", "\n\n", "- x\n", "```\n", "안녕", "👋🏽"]),
        min_size=1,
        max_size=40,
    ),
    per_second=st.sampled_from([5, 20, 200]),
)
def test_wherever_a_page_leaves_and_comes_back_it_has_the_text_exactly_once(
    visits: Sequence[tuple[int, bool]], pieces: Sequence[str], per_second: int
) -> None:
    """Each visit ends after some frames; a page that reloads has forgotten all."""
    whole = "".join(pieces)

    async def visit() -> str:
        live = LiveReply(uuid4(), uuid4())
        page = Page(whole=whole)
        writing = asyncio.create_task(write(live, pieces, per_second))
        for frames, reloads in (*visits, (-1, False)):
            page = Page(whole=whole) if reloads else page
            page.left, page.frames = frames, Frames()
            with suppress(ConnectionError):
                await Showing(
                    live, 1, page.take, offset=len(page.text), closed=len(page.blocks)
                ).run()
        await writing
        return page.text

    assert virtual_time.run(visit()) == whole
