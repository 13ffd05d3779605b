"""A loopback HTTP server of a test's own making, with a queue of answers and a history.

An answer is a coroutine that writes what it likes, so that it can be late, cut or
endless. Connections are kept, and counted, so that pooling shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Peer:
    """The caller, as an answer sees it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, status: int = 200, kind: str = "application/json") -> None:
        """The head of an answer whose body ends with the connection."""
        await self.send(
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n"
            "Connection: close\r\n\r\n".encode()
        )

    async def hung_up(self) -> None:
        """Wait until the caller has closed the connection."""
        with contextlib.suppress(ConnectionError):
            while await self._reader.read(1024):
                pass

    def cut(self) -> None:
        """End the connection here and now."""
        self._writer.transport.abort()


Reply = Callable[[Peer], Awaitable[None]]


def answer(
    value: object, status: int = 200, kind: str = "application/json", **headers: str
) -> Reply:
    """A whole answer, after which the connection is kept."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}"]
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode()

    async def send(peer: Peer) -> None:
        await peer.send(head + body)

    return send


async def silence(peer: Peer) -> None:
    """No answer at all, for as long as the caller waits."""
    await peer.hung_up()


async def cut(peer: Peer) -> None:
    """The connection ends before the first byte of an answer."""
    peer.cut()


class Server:
    """Answers from `queue`, then hangs; what was asked is in `history`."""

    def __init__(self, *replies: Reply) -> None:
        self.queue = deque(replies)
        self.history: list[Asked] = []
        self.connections = 0
        self.hung_up = asyncio.Event()
        self.url = ""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        peer = Peer(reader, writer)
        try:
            while not writer.is_closing():
                self.history.append(await _read(reader))
                reply = self.queue.popleft() if self.queue else silence
                await reply(peer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.hung_up.set()
            writer.transport.abort()


@contextlib.asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[Server]:
    """A `Server` on a free port of 127.0.0.1, gone at the end with all it started."""
    server = Server(*replies)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield server
    finally:
        listener.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close in the loop's next turn


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request, *lines = head.strip().split("\r\n")
    headers = {
        name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(request.split(" ")[1], headers, body)


def event(value: object) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(value).encode() + b"\n\n"


def delta(text: str | None = None, finish: str | None = None, **more: object) -> bytes:
    """One event with a piece of text, or the reason to end."""
    choice = {"index": 0, "delta": {"content": text, **more}, "finish_reason": finish}
    return event({"object": "chat.completion.chunk", "choices": [choice]})


DONE = b"data: [DONE]\n\n"


def stream(
    *parts: bytes, kind: str = "text/event-stream", cut_off: bool = False
) -> Reply:
    """An event stream, chunked; the connection is kept unless it is `cut_off`."""

    async def send(peer: Peer) -> None:
        await peer.send(
            f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        for part in parts:
            await peer.send(b"%x\r\n%b\r\n" % (len(part), part))
        if cut_off:
            await asyncio.sleep(0.02)  # else the reset overtakes the bytes
            peer.cut()
        else:
            await peer.send(b"0\r\n\r\n")

    return send


def stalled(*parts: bytes) -> Reply:
    """An event stream that falls silent after `parts`, until the caller hangs up."""

    async def send(peer: Peer) -> None:
        await peer.head(kind="text/event-stream")
        for part in parts:
            await peer.send(part)
        await peer.hung_up()

    return send
