"""An open page without a browser: follows its conversation as `static/js/live.js` does.

It connects again by itself, asks for what it missed, and holds what a person would see:
the articles, and the growing text of replies. It never reloads.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.harness.frames import Frames
from tests.harness.waiting import eventually

UNFINISHED = ("pending", "streaming")
OPEN_S = 5.0
PING_S = 5.0
SILENT_S = 10.0
LONGEST_S = 2.0  # between two tries; the page's own is longer, and means the same
FINAL_CODES = (4403, 4404)


@dataclass(frozen=True)
class Article:
    """One message as it is shown."""

    id: str
    role: str
    status: str
    generation: str
    text: str
    problem: str = ""

    @property
    def finished(self) -> bool:
        """Whether its text is final."""
        return self.status not in UNFINISHED


class Articles(HTMLParser):
    """Reads the articles of a fragment or of a whole page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Article] = []
        self._depth = 0  # inside the body of an article, in elements
        self._in_problem = False  # inside the sentence that says why it has no end

    @classmethod
    def of(cls, html: str) -> list[Article]:
        """All messages in `html`, in order."""
        reader = cls()
        reader.feed(html)
        return [
            replace(a, text=a.text.strip(), problem=" ".join(a.problem.split()))
            for a in reader.found
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An article begins, or something inside its body."""
        told = {name: value or "" for name, value in attrs}
        classes = told.get("class", "").split()
        if tag == "article" and "message" in classes:
            self.found.append(
                Article(
                    told["id"].removeprefix("message-"),
                    told.get("data-role", ""),
                    told.get("data-status", ""),
                    told.get("data-generation", ""),
                    "",
                )
            )
        elif self._depth or (tag == "div" and "body" in classes and self.found):
            self._depth += tag == "div"
        elif tag == "div" and "message-problem" in classes and self.found:
            self._in_problem = True

    def handle_endtag(self, tag: str) -> None:
        """Something ends."""
        self._in_problem = self._in_problem and tag != "span"
        if self._depth and tag == "div":
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Text, which counts inside a body."""
        if self._depth:
            last = self.found[-1]
            self.found[-1] = replace(last, text=last.text + data)
        elif self._in_problem:
            last = self.found[-1]
            self.found[-1] = replace(last, problem=last.problem + data)


class LivePage:
    """One tab. Made with `opened`."""

    def __init__(self, url: str, conversation: str, client: httpx.AsyncClient) -> None:
        self.url = url
        self.conversation = conversation
        self.client = client
        self.articles: dict[str, Article] = {}
        self.live: dict[str, str] = {}
        self.heard: dict[str, list[tuple[float, int]]] = {}  # (when, how long then)
        self.connected = 0
        self.offline = False
        self.gaps = 0
        self._closed: dict[str, list[str]] = {}  # HTML of blocks that have ended
        self._living: asyncio.Task[None]
        self._socket: ClientConnection | None = None
        self._heard_at = 0.0

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: str, conversation: str, client: httpx.AsyncClient
    ) -> AsyncIterator[Self]:
        """Load the page, connect, and stay connected until the block ends."""
        page = cls(url, conversation, client)
        page.place((await page.load()).text)
        page._living = asyncio.create_task(page._live())
        try:
            yield page
        finally:
            page._living.cancel()
            with suppress(asyncio.CancelledError):
                await page._living

    async def load(self) -> httpx.Response:
        """The page as the server renders it now; tried again while it is away."""
        tries = 0
        while True:
            with suppress(httpx.TransportError):
                answer = await self.client.get(f"{self.url}/c/{self.conversation}/")
                if answer.status_code < 500:
                    return answer
            tries += 1
            assert tries < 300, "the page can not be loaded"
            await asyncio.sleep(0.2)

    def place(self, html: str) -> list[Article]:
        """Show articles; what is known and final is not made unfinished again."""
        found = Articles.of(html)
        for article in found:
            known = self.articles.get(article.id)
            late = known and known.finished and not article.finished
            if known and late and known.generation == article.generation:
                continue
            self.articles[article.id] = article
        return found

    async def finished(self, message: str, *, within: float) -> Article:
        """The article once its reply has ended; AssertionError when it does not."""

        def ended() -> bool:
            if self._living.done():
                self._living.result()  # what the page could not understand
            known = self.articles.get(message)
            return known is not None and known.finished

        await eventually(
            ended,
            "the page shows the end of the reply without a reload",
            within=within,
        )
        return self.articles[message]

    def went_offline(self) -> None:
        """The network is gone: nothing comes and nothing is sent, until `back`."""
        self.offline = True
        if self._socket is not None:
            self._socket.transport.abort()

    def back(self) -> None:
        """The network is there again."""
        self.offline = False

    def drop(self) -> None:
        """Lose the connection now; the page notices and comes back."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _live(self) -> None:
        tries = 0
        while True:
            if not self.offline:
                try:
                    await self._once()
                    tries = 0
                except (OSError, TimeoutError, WebSocketException, InvalidHandshake):
                    tries += 1
            longest = min(LONGEST_S, 0.3 * 2 ** min(tries, 4))
            await asyncio.sleep(random.uniform(0.1, longest))

    async def _once(self) -> None:
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.client.cookies.jar)
        address = self.url.replace("http://", "ws://")
        async with connect(
            f"{address}/ws/c/{self.conversation}/",
            additional_headers={"Cookie": cookies, "Origin": self.url},
            proxy=None,
            compression=None,
            open_timeout=OPEN_S,
            close_timeout=1,
            ping_interval=None,
        ) as socket:
            self._socket = socket
            self.connected += 1
            self._heard_at = time.monotonic()
            frames = Frames()
            pinging = asyncio.create_task(self._ping(socket))
            try:
                await self._tell(socket, {"kind": "sync", "last": self._last()})
                for article in tuple(self.articles.values()):
                    if not article.finished and article.generation:
                        await self._follow(socket, article.generation)
                async for frame in socket:
                    self._heard_at = time.monotonic()
                    if self.offline:
                        return
                    await self._take(socket, frames.read(frame))
            finally:
                self._socket = None
                pinging.cancel()

    async def _ping(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException):
            while time.monotonic() - self._heard_at < SILENT_S:
                await self._tell(socket, {"kind": "ping"})
                await asyncio.sleep(PING_S)
        socket.transport.abort()

    def _last(self) -> str:
        return next(reversed(self.articles), "")

    async def _follow(self, socket: ClientConnection, generation: str) -> None:
        frame = {
            "kind": "follow",
            "generation": generation,
            "offset": len(self.live.get(generation, "")),
            "closed": len(self._closed.get(generation, ())),
        }
        await self._tell(socket, frame)

    async def _tell(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        await socket.send(json.dumps(frame))

    async def _take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["kind"]:
            case "delta":
                if not self._grow(frame["generation"], frame["offset"], frame["text"]):
                    self.gaps += 1
                    await self._follow(socket, frame["generation"])
            case "render":
                self._rendered(frame)
            case "message":
                if frame.get("replaces"):
                    self.articles.pop(frame["replaces"], None)
                for article in self.place(frame["html"]):
                    fresh = article.generation not in self.live
                    if not article.finished and article.generation and fresh:
                        await self._follow(socket, article.generation)

    def _grow(self, generation: str, offset: int, text: str) -> bool:
        known = self.live.get(generation, "")
        if offset > len(known):
            return False
        self._hear(generation, known + text[max(0, len(known) - offset) :])
        return True

    def _rendered(self, frame: dict[str, Any]) -> None:
        """HTML up to an offset: what a page gets first that comes in mid-reply."""
        generation, offset = frame["generation"], frame["offset"]
        closed = self._closed.setdefault(generation, [])
        del closed[frame["closed_from"] :]
        closed += frame["closed"]
        if offset > len(self.live.get(generation, "")):
            html = "".join([*closed, frame["tail"]])
            body = f'<article class="message" id="x"><div class="body">{html}</div>'
            # HTML drops the white space at the end of a block.
            self._hear(generation, Articles.of(body)[0].text.ljust(offset))

    def _hear(self, generation: str, text: str) -> None:
        self.live[generation] = text
        self.heard.setdefault(generation, []).append((time.monotonic(), len(text)))
