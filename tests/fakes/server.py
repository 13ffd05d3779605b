"""A small HTTP server whose every byte a test decides: also late, half and broken ones.

Runs in a thread with a loop of its own, on a free port of 127.0.0.1, so that real
processes can call it. Answers come from a queue, then from `answer()`; what was asked
is in `history`. Not a model of HTTP: one request a connection, bodies with a length.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Pause:
    """Nothing for a while; ends early when the caller goes away."""

    seconds: float


@dataclass(frozen=True)
class Drip:
    """One numbered piece after the other, until somebody says that it is enough."""

    piece: Callable[[int], bytes]
    gap: float
    enough: threading.Event


class Cut:
    """The connection ends here without an orderly close."""


HANG = Pause(3_600)
CUT = Cut()
Part = bytes | Pause | Drip | Cut


@dataclass(frozen=True)
class Answer:
    """One answer: a status with a body, or `parts` sent one after the other."""

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    silent: bool = False  # not even a status line

    def encoded(self) -> bytes:
        """The body as bytes; anything but bytes and text becomes JSON."""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


NOTHING = Answer(silent=True, parts=(HANG,))


@dataclass
class Asked:
    """One request as it came in, and what became of it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)
    gone: threading.Event = field(default_factory=threading.Event)  # hung up on us
    gone_at: float | None = None
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)  # the server's own

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class FakeServer:
    """Start with `with`; `url` is its address."""

    def __init__(self) -> None:
        self.history: list[Asked] = []
        self.queues: dict[str, deque[Answer]] = {}
        self.standing: dict[str, Answer] = {}
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where callers find it."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, asked: Asked) -> Answer:
        """What is said when nothing is queued; the fakes of a service override it."""
        return Answer(404, {"error": "not_found", "message": asked.path})

    def queue(self, path: str, *answers: Answer) -> None:
        """The next answers for `path` ("*": for any)."""
        self.queues.setdefault(path, deque()).extend(answers)

    def always(self, path: str, answer: Answer | None) -> None:
        """Every further answer for `path` ("*": for any); None takes it back."""
        self.standing.pop(path, None)
        if answer is not None:
            self.standing[path] = answer

    def asked(self, path: str) -> list[Asked]:
        """The requests for `path` so far."""
        return [asked for asked in self.history if asked.path == path]

    def reset(self) -> None:
        """Forget what was queued and asked; what a service keeps stays."""
        self.queues.clear()
        self.standing.clear()
        self.history.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        self.switch_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.switch_off()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def switch_on(self) -> None:
        """Listen, on the same port as before if there was one."""

        async def listen() -> asyncio.Server:
            return await asyncio.start_server(self._serve, "127.0.0.1", self.port)

        self._server = self._do(listen)
        self.port = self._server.sockets[0].getsockname()[1]

    def switch_off(self) -> None:
        """Refuse connections and cut the open ones."""

        async def close() -> None:
            if self._server is not None:
                self._server.close()
            for writer in self._open:
                writer.transport.abort()
            while self._open:
                await asyncio.sleep(0.005)

        self._do(close)
        self._server = None

    def _do(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._open.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                asked = await _read(reader)
                self.history.append(asked)
                watch = asyncio.create_task(_watch(reader, asked))
                try:
                    await _send(writer, self._next(asked), asked)
                finally:
                    watch.cancel()
        finally:
            writer.close()
            self._open.discard(writer)

    def _next(self, asked: Asked) -> Answer:
        for path in (asked.path, "*"):
            if self.queues.get(path):
                return self.queues[path].popleft()
        for path in (asked.path, "*"):
            if path in self.standing:
                return self.standing[path]
        return self.answer(asked)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {n.lower(): v.strip() for n, _, v in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target.partition("?")[0], headers, body)


async def _watch(reader: asyncio.StreamReader, asked: Asked) -> None:
    """Note when the caller hangs up, which ends any pause."""
    with suppress(ConnectionError):
        await reader.read()
    asked.gone_at = time.monotonic()
    asked.gone.set()
    asked.hung_up.set()


async def _send(writer: asyncio.StreamWriter, answer: Answer, asked: Asked) -> None:
    body = answer.encoded()
    if not answer.silent:
        headers = {"connection": "close", "content-type": "application/json"}
        if answer.parts:
            headers["transfer-encoding"] = "chunked"
        else:
            headers["content-length"] = str(len(body))
        headers |= {name.lower(): value for name, value in answer.headers.items()}
        status = HTTPStatus(answer.status)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        if not answer.parts:
            writer.write(body)
    for part in answer.parts:
        await writer.drain()
        match part:
            case bytes():
                writer.write(_chunk(part))
            case Drip(piece, gap, enough):
                for number in itertools.count():
                    if enough.is_set():
                        break
                    writer.write(_chunk(piece(number)))
                    await writer.drain()
                    if await _hung_up(asked, gap):
                        return
            case Pause(seconds):
                if await _hung_up(asked, seconds):
                    return
            case Cut():
                writer.transport.abort()
                return
    if answer.parts and not answer.silent:
        writer.write(b"0\r\n\r\n")
    await writer.drain()


def _chunk(part: bytes) -> bytes:
    return f"{len(part):x}\r\n".encode() + part + b"\r\n"


async def _hung_up(asked: Asked, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            await asked.hung_up.wait()
    except TimeoutError:
        return False
    return True
