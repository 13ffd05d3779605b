"""A reply while it is written: every reader gets every character once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.conversations.live import LiveReply


def reply() -> LiveReply:
    return LiveReply(uuid4(), uuid4())


async def read(live: LiveReply, offset: int = 0) -> str:
    text = ""
    async for delta in live.follow(offset):
        assert delta.offset == offset + len(text)
        text += delta.text
    return text


async def test_a_reader_gets_the_whole_text() -> None:
    live = reply()
    reading = asyncio.create_task(read(live))
    for piece in ("Good", " ", "evening."):
        live.append(piece)
        await asyncio.sleep(0)
    live.end()
    assert await reading == "Good evening."


async def test_a_reader_that_comes_late_resumes_at_its_offset() -> None:
    live = reply()
    live.append("Good evening.")
    live.end()
    assert await read(live, 5) == "evening."


@settings(max_examples=60)
@given(
    pieces=st.lists(st.text(min_size=1), min_size=1, max_size=20),
    starts=st.lists(st.integers(0, 20), min_size=1, max_size=5),
    pauses=st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_no_reader_misses_or_repeats_a_character(
    pieces: list[str], starts: list[int], pauses: list[bool]
) -> None:
    async def run() -> None:
        live = reply()
        whole = "".join(pieces)
        readers = [asyncio.create_task(read(live, start)) for start in starts]
        for piece, pause in zip(pieces, pauses, strict=False):
            live.append(piece)
            if pause:
                await asyncio.sleep(0)
        live.end()
        texts = await asyncio.gather(*readers)
        assert texts == [whole[start:] for start in starts]

    asyncio.run(run())


def test_a_block_is_rendered_once_when_it_has_closed() -> None:
    live = reply()
    live.append("First *one*.\n\nSecond")
    first = live.rendering()
    live.append(" **two**.\n\nThird")
    second = live.rendering()
    assert first.closed[0] == second.closed[0] == "<p>First <em>one</em>.</p>\n"
    assert second.closed[1] == "<p>Second <strong>two</strong>.</p>\n"
    assert second.tail == "<p>Third</p>\n"
    assert second.offset == len(live.text)
