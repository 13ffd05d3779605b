"""What is done to the site: one person who chats, and many who chat at once."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.request import ProxyHandler, build_opener

from websockets.asyncio.client import ClientConnection, connect

from bench.page import Page, Sent
from bench.sentences import questions
from bench.site import Site
from bench.stub_model import STAMP
from memory.llm import ChatModel, Message, TextDelta

PAUSE_S = 0.15
"""After each reply of the one chat: time for the worker to learn from it."""
TOKENS_PER_SECOND = 20
"""Of the many chats: the pace of a good hosted model."""


@dataclass
class Measured:
    """The turns of one load, and what the machine does with less.

    `direct_ms`: the same model asked by nobody else. `bare_ms`: what the chat of
    `bench.bare` adds to it.
    """

    turns: list[Sent] = field(default_factory=list)
    direct_ms: list[float] = field(default_factory=list)
    bare_ms: list[float] = field(default_factory=list)

    @property
    def complete(self) -> list[Sent]:
        """The turns whose reply arrived."""
        return [turn for turn in self.turns if turn.complete]


async def alone(
    site: Site,
    person: dict[str, str],
    other: dict[str, str],
    *,
    turns: int,
    warm_up: int,
) -> Measured:
    """One chat, one turn after the other, each followed by a direct and a bare one.

    The direct call goes from here to the model through the same client that the site
    uses, the bare turn through `bench.bare`, by an `other` person. Taken turn by turn,
    all three see the same machine.
    """
    set_pace(site, words=6, seconds=0.02)
    measured = Measured()
    model = ChatModel(model="stub", api_key="sk-none", base_url=site.model_url)
    texts = _texts()
    async with (
        Page.opened(site.url, **person) as page,
        connect(
            f"{site.bare_url}/bare/{other['conversation']}/",
            additional_headers={"Cookie": f"sessionid={other['session']}"},
            compression=None,
            proxy=None,
        ) as bare,
    ):
        for number in range(warm_up + turns):
            text = next(texts)
            sent = await page.send(text)
            await page.ended()
            await asyncio.sleep(PAUSE_S)
            direct_ms = await _first_token_ms(model, text)
            bare_ms = await _bare_ms(bare, text)
            if number >= warm_up:
                measured.turns.append(sent)
                measured.direct_ms.append(direct_ms)
                measured.bare_ms.append(bare_ms)
            await asyncio.sleep(PAUSE_S)
    await model.aclose()
    return measured


async def together(
    site: Site,
    people: list[dict[str, str]],
    *,
    seconds: float,
    every: float,
    reply: float,
) -> Measured:
    """Many chats, each with a message due every `every` seconds, whatever happens.

    Each reply takes the model `reply` seconds.
    A page sends nothing while a reply runs. A message that had to wait for that counts
    from when it was due, so that a slow site cannot hide its slowness.
    """
    set_pace(
        site, words=round(TOKENS_PER_SECOND * reply), seconds=1 / TOKENS_PER_SECOND
    )
    measured = Measured()
    texts = _texts()
    chance = random.Random(50)
    async with AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(Page.opened(site.url, **person))
            for person in people
        ]
        begin = time.monotonic() + 1.0

        async def chat(page: Page, phase: float) -> None:
            at = begin + phase
            while at < begin + seconds:
                await asyncio.sleep(max(0.0, at - time.monotonic()))
                await page.ended()
                measured.turns.append(await page.send(next(texts), due=round(at * 1e9)))
                at += every
            await page.ended()

        async with asyncio.TaskGroup() as group:
            for page in pages:
                group.create_task(chat(page, chance.uniform(0, every)))
    return measured


def set_pace(site: Site, *, words: int, seconds: float, kind: str = "sentence") -> None:
    """Tell the stub how long its replies are from now on."""
    root = site.model_url.removesuffix("/v1")
    opener = build_opener(ProxyHandler({}))
    opener.open(f"{root}/pace/{words}/{seconds}/{kind}", timeout=5).read()


async def _first_token_ms(model: ChatModel, text: str) -> float:
    began = time.monotonic_ns()
    took = 0
    asked: Any = [Message("user", text)]
    async for event in model.stream(asked):
        if isinstance(event, TextDelta) and not took:
            took = time.monotonic_ns() - began
    return took / 1e6


async def _bare_ms(bare: ClientConnection, text: str) -> float:
    """What the bare chat adds to the model's own time to its first token."""
    sent = time.monotonic_ns()
    await bare.send(text)
    heard, shown = 0, ""
    while piece := str(await bare.recv()):
        shown += piece
        heard = heard or (time.monotonic_ns() if STAMP.search(shown) else 0)
    stamp = STAMP.search(shown)
    assert stamp is not None, shown
    arrived, spoke, _ = map(int, stamp.groups())
    return (arrived - sent + heard - spoke) / 1e6


def _texts() -> Iterator[str]:
    return itertools.cycle(questions(300))
