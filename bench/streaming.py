"""What is done to the site by `bench-stream`: many replies at once, many idle pages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from bench.load import set_pace
from bench.site import Site
from bench.size import cpu_s, memory_of
from bench.tabs import Tab, open_tab, send
from tests.harness.processes import Process

T = TypeVar("T")
Person = dict[str, str]
FOR_EVER = 1_000_000
TOKENS_PER_SECOND = 20
AT_ONCE = 16
"""Requests under way while replies are begun and pages opened."""
ALL_SPEAK_WITHIN_S = 20.0
QUIET_WITHIN_S = 40.0
SETTLE_S = 1.0
PROSE_WORDS = 440
"""About 2,300 characters."""


@dataclass(frozen=True)
class Streamed:
    """One load: replies, words heard while it was measured, and what they cost."""

    streams: int
    late_ms: Sequence[float]
    due: float
    cpu_s: float

    @property
    def cpu_s_per_1k(self) -> float:
        """Seconds of processor time for 1,000 words."""
        return self.cpu_s / max(1, len(self.late_ms)) * 1000


class Growing:
    """Replies at 20 words a second each, more and more of them at once.

    `writes`: the web server that gets the messages, and its address; `shows`: the
    address of the one that the pages are connected to, if it is another.
    """

    def __init__(
        self, site: Site, writes: tuple[Process, str], shows: str = ""
    ) -> None:
        self._site = site
        self._process, self._url = writes
        self._shows = shows or self._url
        self._tabs: list[Tab] = []

    async def grow(self, people: Sequence[Person]) -> None:
        """A further reply for each of `people`. Raises TimeoutError when none begins."""
        _set_stamps(self._site, words=FOR_EVER)
        tabs = await _all([open_tab(self._shows, **person) for person in people])
        self._tabs += tabs
        await asyncio.sleep(SETTLE_S)
        text = "Tell me a long story."
        async with asyncio.timeout(ALL_SPEAK_WITHIN_S):
            await _all([send(self._url, text=text, **person) for person in people])
        await _speaking(tabs)

    async def measured(self, seconds: float) -> Streamed:
        """What the pages hear for a while; those that are silent count as late."""
        await asyncio.sleep(SETTLE_S)
        return await _measured(self._tabs, self._process, seconds)

    async def end(self) -> None:
        """Let all replies end, and the server come to rest."""
        _set_stamps(self._site, words=0)
        await _quiet(self._tabs, self._process)


def _set_stamps(site: Site, *, words: int) -> None:
    set_pace(site, words=words, seconds=1 / TOKENS_PER_SECOND, kind="stamps")


async def streamed(
    site: Site,
    people: Sequence[Person],
    *,
    seconds: float,
    writes: tuple[Process, str],
    shows: str = "",
) -> Streamed:
    """A reply for each of `people`, all of them at once, as `Growing` has it."""
    growing = Growing(site, writes, shows)
    await growing.grow(people)
    measured = await growing.measured(seconds)
    await growing.end()
    return measured


async def bare(url: str, streams: int, process: Process, seconds: float) -> Streamed:
    """The same from the bare consumer, whose replies begin as a page connects."""
    tabs = await _all([open_tab(url, "bare", "none") for _ in range(streams)])
    measured = await _measured(await _speaking(tabs), process, seconds)
    for tab in tabs:
        tab.close()
    return measured


async def idle(url: str, people: Sequence[Person], pages: int, web: Process) -> float:
    """Megabytes that `pages` open pages, on which nothing happens, take."""
    before = memory_of(web).rss
    whose = [people[number % len(people)] for number in range(pages)]
    tabs = await _all([open_tab(url, **person) for person in whose])
    await asyncio.sleep(SETTLE_S)
    assert not any(tab.closed for tab in tabs), "a page was turned away"
    grown = memory_of(web).rss - before
    for tab in tabs:
        tab.close()
    return grown


async def one_reply(site: Site, person: Person) -> Tab:
    """A page that was sent one reply of about 2,300 characters, at 40 words a second."""
    set_pace(site, words=PROSE_WORDS, seconds=1 / 40, kind="prose")
    tab = await open_tab(site.url, **person)
    await asyncio.sleep(SETTLE_S)
    await send(site.url, text="Tell me a story.", **person)
    await tab.speaks.wait()
    await _quiet([tab], site.web)
    return tab


async def _speaking(tabs: Sequence[Tab]) -> Sequence[Tab]:
    """The pages whose reply has begun; on an overloaded machine some fail to."""
    waits = [asyncio.create_task(tab.speaks.wait()) for tab in tabs]
    _, silent = await asyncio.wait(waits, timeout=ALL_SPEAK_WITHIN_S)
    for wait in silent:
        wait.cancel()
    return [tab for tab in tabs if tab.speaks.is_set()]


async def _measured(tabs: Sequence[Tab], process: Process, seconds: float) -> Streamed:
    cpu, began = cpu_s(process), time.monotonic_ns()
    await asyncio.sleep(seconds)
    used, ended = cpu_s(process) - cpu, time.monotonic_ns()
    late = [
        took / 1e6 for tab in tabs for when, took in tab.heard if began <= when < ended
    ]
    due = len(tabs) * TOKENS_PER_SECOND * (ended - began) / 1e9
    return Streamed(len(tabs), late, due, used)


async def _quiet(tabs: Sequence[Tab], process: Process) -> None:
    """Wait until nothing more comes and the server has no more to do, then leave."""
    frames, cpu = -1, -1.0
    with suppress(TimeoutError):  # what comes next is measured all the same
        async with asyncio.timeout(QUIET_WITHIN_S):
            while _heard(tabs) != frames or cpu_s(process) > cpu + 0.3:
                frames, cpu = _heard(tabs), cpu_s(process)
                await asyncio.sleep(SETTLE_S)
    for tab in tabs:
        tab.close()


def _heard(tabs: Sequence[Tab]) -> int:
    return sum(tab.frames for tab in tabs)


async def _all(work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Everything, a few at a time."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(each: Coroutine[Any, Any, T]) -> T:
        async with turn:
            return await each

    return await asyncio.gather(*map(one, work))
