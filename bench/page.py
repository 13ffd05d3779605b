"""An open page without a browser: its socket, its send, and when the reply showed.

As lean as can be, so that the client's own work does not count as the site's: one
kept-alive HTTP connection and one WebSocket, both read as their bytes come.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bench.stub_model import STAMP

OK = 200
_ARTICLE = re.compile(r'<article[^>]*data-status="(\w+)"[^>]*data-generation="([^"]+)"')
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ENDED_WITHIN_S = 60.0


@dataclass
class Sent:
    """One message and its reply; times are nanoseconds of the monotonic clock.

    `sent`: the POST left, or should have left. `left`: it really did. `answered`: its answer came. `arrived`, `spoke`: the model
    got its request, wrote its first token. `heard`: the page has that token. `placed`:
    the page has the reply's article, without which it could not show it.
    """

    sent: int = 0
    left: int = 0
    answered: int = 0
    status: int = 0
    arrived: int = 0
    spoke: int = 0
    heard: int = 0
    placed: int = 0
    notes: int = 0
    generation: str = ""

    @property
    def complete(self) -> bool:
        """Whether all times are known."""
        return bool(self.heard and self.placed and self.answered)

    @property
    def before_ms(self) -> float:
        """POST to the model's request."""
        return (self.arrived - self.sent) / 1e6

    @property
    def after_ms(self) -> float:
        """First token of the model to first token on the page."""
        return (self.heard - self.spoke) / 1e6

    @property
    def added_ms(self) -> float:
        """What the site adds to the model's own time to its first token."""
        return self.before_ms + self.after_ms

    @property
    def shown_ms(self) -> float:
        """POST to token and article both there, without the model's own time."""
        return (
            max(self.heard, self.placed) - self.sent - self.spoke + self.arrived
        ) / 1e6

    @property
    def answer_ms(self) -> float:
        """POST to its answer: the message is safely stored."""
        return (self.answered - self.sent) / 1e6


class Page:
    """One open conversation. Made with `opened`."""

    def __init__(self, url: str, conversation: str, cookie: str, token: str) -> None:
        self._host = urlsplit(url).netloc
        self._path = f"/c/{conversation}/send/"
        self._headers = (
            f"Host: {self._host}\r\nOrigin: {url}\r\nReferer: {url}/c/{conversation}/\r\n"
            f"Cookie: {cookie}\r\nX-CSRFToken: {token}\r\nHX-Request: true\r\n"
            "Accept: */*\r\nAccept-Encoding: gzip\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter
        self._current = Sent()
        self._ended = asyncio.Event()
        self._ended.set()

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: str, conversation: str, session: str
    ) -> AsyncIterator[Self]:
        """Load the page as a browser does, and open its socket."""
        jar = {"sessionid": session}
        async with httpx.AsyncClient(cookies=jar, trust_env=False) as browser:
            answer = await browser.get(f"{url}/c/{conversation}/")
            assert answer.status_code == OK, answer.text[:300]
            token = answer.cookies["csrftoken"]
        cookie = f"sessionid={session}; csrftoken={token}"
        page = cls(url, conversation, cookie, token)
        await page._connect()
        try:
            async with connect(
                f"ws://{page._host}/ws/c/{conversation}/",
                additional_headers={"Cookie": cookie, "Origin": url},
                compression=None,
                proxy=None,
            ) as socket:
                await socket.send('{"kind":"sync"}')
                listening = asyncio.create_task(page._listen(socket))
                try:
                    yield page
                finally:
                    listening.cancel()
                    with suppress(asyncio.CancelledError):
                        await listening
        finally:
            page._writer.close()

    async def send(self, text: str, *, due: int = 0) -> Sent:
        """Send a message, which should have left at `due`; returns when it is answered.

        As on the page, the reply before has to have ended.
        """
        body = urlencode({"text": text, "key": str(uuid.uuid4())}).encode()
        head = f"POST {self._path} HTTP/1.1\r\n{self._headers}"
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        if self._reader.at_eof():  # the server keeps no connection for ever
            await self._connect()
        mine = self._current = Sent()
        self._ended.clear()
        mine.left = time.monotonic_ns()
        mine.sent = due or mine.left
        self._writer.write(request)
        mine.status, html = await self._answer()
        mine.answered = time.monotonic_ns()
        if mine.status != OK:
            self._ended.set()
        elif _ARTICLE.search(html):
            mine.placed = mine.placed or mine.answered
        return mine

    async def ended(self) -> None:
        """Wait until the last reply has ended."""
        async with asyncio.timeout(ENDED_WITHIN_S):
            await self._ended.wait()

    async def _connect(self) -> None:
        host, _, port = self._host.partition(":")
        self._reader, self._writer = await asyncio.open_connection(host, int(port))

    async def _answer(self) -> tuple[int, str]:
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length is not None, head
        body = await self._reader.readexactly(int(length[1]))
        return int(head.split(b" ", 2)[1]), body.decode()

    async def _listen(self, socket: ClientConnection) -> None:
        async for words in socket:
            now = time.monotonic_ns()
            frame = json.loads(words)
            if isinstance(frame, dict):  # else the text behind a reply's first
                self._take(frame, now)

    def _take(self, frame: dict[str, object], now: int) -> None:
        turn = self._current
        kind = frame["kind"]
        if kind in ("delta", "render"):
            shown = f"{frame.get('text', '')}{frame.get('tail', '')}"
            self._hear(shown, str(frame["generation"]), now)
        elif kind == "message" and (article := _ARTICLE.search(str(frame["html"]))):
            status, generation = article.groups()
            # A reply that was over before anybody could follow it comes as a whole.
            self._hear(str(frame["html"]), generation, now)
            if status in ("pending", "streaming"):
                turn.placed = turn.placed or now
            elif generation == turn.generation:
                self._ended.set()

    def _hear(self, shown: str, generation: str, now: int) -> None:
        turn = self._current
        stamp = None if turn.heard else STAMP.search(shown)
        if stamp and int(stamp[1]) >= turn.left:
            turn.arrived, turn.spoke, turn.notes = map(int, stamp.groups())
            turn.heard, turn.generation = now, generation
