"""A deploy in mid-reply, and a server that dies: what was written is there, and goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.frames import CloseCode

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.harness.fixtures import Call
from tests.harness.frames import Frames
from tests.harness.site import Site, running_site
from tests.harness.visitor import Visitor
from tests.harness.waiting import eventually

DRAIN_S = 4.0
WORDS = " ".join(f"word{number}" for number in range(40))
DEAD_WITHIN_S = 15.0
SOON_S = 5.0
"""... after a restart that took longer than that, on a machine under load."""


@pytest.fixture(scope="module")
def deployed() -> Iterator[tuple[Site, FaultyModel]]:
    """A site that is told to stop, and its model."""
    with (
        FaultyModel() as model,
        running_site("deployed", **model.env, DRAIN_S=str(DRAIN_S)) as site,
    ):
        yield site, model


async def told(visitor: Visitor, conversation: str, status: str) -> dict[str, str]:
    """The newest reply's row once it ended so."""

    def last() -> dict[str, str]:
        row = visitor.messages(conversation)[-1]
        return row if row["status"] == status else {}

    return await eventually(last, f"the reply is {status}", within=30)


async def test_a_deploy_lets_a_reply_end_and_turns_new_messages_away(
    deployed: tuple[Site, FaultyModel], call: Call
) -> None:
    site, model = deployed
    model.reset()
    model.next(llm.streamed(WORDS, gap=0.05))
    visitor = await call(site)
    conversation, other = await visitor.start("des"), await visitor.start("ines")
    text, frames = "", Frames()
    async with visitor.socket(conversation) as socket:
        await visitor.send(conversation, "Tell me a story.")
        while len(text) < 20:
            frame = frames.read(await socket.recv())
            text += frame.get("text", "")
        os.kill(site.web.pid, signal.SIGTERM)

        while (await visitor.client.get("/healthz")).status_code == httpx.codes.OK:
            await asyncio.sleep(0.05)
        refused = await visitor.send(other, "And a song.")
        assert refused.status_code == 503
        assert "again in a few seconds" in refused.text
        # The page sees the reply to its end, and that it has ended, before its socket
        # is closed: else it would offer to stop it until the server is back.
        is_told = False
        with pytest.raises(ConnectionClosedError):
            while True:
                frame = frames.read(await socket.recv())
                if frame["kind"] == "delta":
                    assert frame["offset"] == len(text)
                    text += frame["text"]
                elif frame["kind"] == "message":
                    is_told |= 'data-status="complete"' in frame["html"]
        assert is_told
        assert socket.close_code == CloseCode.SERVICE_RESTART
    assert text.strip() == WORDS
    assert (await told(visitor, conversation, "complete"))["text"] == text
    assert visitor.messages(other) == []
    await asyncio.to_thread(site.web.wait_for_end)
    await asyncio.to_thread(site.restart_web)
    assert (await visitor.send(other, "And a song.")).status_code == httpx.codes.OK
    await told(visitor, other, "complete")


async def test_a_reply_that_does_not_end_in_time_is_interrupted_with_its_text(
    deployed: tuple[Site, FaultyModel], call: Call
) -> None:
    site, model = deployed
    model.reset()
    model.next(llm.stalls_after("Once upon"), llm.streamed(" a time."))
    visitor = await call(site)
    conversation = await visitor.start("des")
    await visitor.send(conversation, "Tell me a story.")
    await eventually(
        lambda: site.rows("SELECT 1 FROM conversations_generationevent"), "it began"
    )
    began = time.monotonic()
    os.kill(site.web.pid, signal.SIGTERM)
    row = await told(visitor, conversation, "interrupted")
    assert row["text"].strip() == "Once upon"
    assert "restarted" in row["problem"]
    assert time.monotonic() - began < DRAIN_S + 5
    await asyncio.to_thread(site.web.wait_for_end)
    await asyncio.to_thread(site.restart_web)
    await continued(visitor, conversation, "Once upon a time.")


async def test_a_reply_whose_server_was_killed_keeps_what_is_older_than_300_ms(
    deployed: tuple[Site, FaultyModel], call: Call
) -> None:
    site, model = deployed
    model.reset()
    model.next(llm.streamed(WORDS, gap=0.05))
    visitor = await call(site)
    conversation = await visitor.start("des")
    heard: list[tuple[float, int]] = []
    text, frames = "", Frames()
    async with visitor.socket(conversation) as socket:
        await visitor.send(conversation, "Tell me a story.")
        while len(text) < 120:
            frame = frames.read(await socket.recv())
            text += frame.get("text", "")
            heard.append((time.monotonic(), len(text)))
        killed = time.monotonic()
        site.web.kill()
    await asyncio.to_thread(site.restart_web)
    serving = time.monotonic()
    row = await told(visitor, conversation, "interrupted")
    assert time.monotonic() < max(killed + DEAD_WITHIN_S, serving + SOON_S)
    older = max(length for at, length in heard if at < killed - 0.3)
    assert len(row["text"]) >= older
    assert text.startswith(row["text"].rstrip()) or row["text"].startswith(text)
    model.next(llm.streamed(" and so on."))
    await continued(visitor, conversation, row["text"].rstrip() + " and so on.")


async def continued(visitor: Visitor, conversation: str, text: str) -> None:
    """Continue goes on with the newest reply, to exactly that text."""
    (row,) = visitor.site.rows(
        "SELECT leaf_id FROM conversations_conversation WHERE id = %s", conversation
    )
    answer = await visitor.post(f"/c/{conversation}/m/{row['leaf_id']}/continue/")
    assert answer.status_code == httpx.codes.OK
    found = await told(visitor, conversation, "complete")
    assert " ".join(found["text"].split()) == text
