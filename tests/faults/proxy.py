"""A TCP proxy that breaks connections the ways networks do, when the test says so.

Stands between the site and what it talks to, or between a page and the site. Runs in a
thread with a loop of its own, so that plain and asynchronous tests steer it alike.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from weakref import WeakSet

T = TypeVar("T")
Way = Literal["requests", "answers"]
Ending = Literal["", "cut", "reset", "half_close", "stall"]
CHUNK = 16 * 1024
LOOK_S = 0.01
RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: closing sends RST


@dataclass(frozen=True)
class Fault:
    """What becomes of a connection's bytes in one direction.

    Every piece waits `delay_s`, and the pieces leave at `bytes_per_s` at most. After
    `after` bytes of this direction comes `ending`: `cut` closes both sides in order (so
    it truncates), `reset` sends RST to both, `half_close` ends this direction alone,
    `stall` says nothing more until the fault changes.
    """

    way: Way = "answers"
    delay_s: float = 0.0
    bytes_per_s: float = 0.0
    after: int = 0
    ending: Ending = ""


NONE = Fault()


@dataclass(eq=False)
class Link:
    """One connection through the proxy, and how many bytes went which way."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    fault: Fault | None = None  # its own; else whatever the proxy's is right now
    passed: dict[Way, int] = field(
        default_factory=lambda: {"requests": 0, "answers": 0}
    )

    def end(self, *, reset: bool = False) -> None:
        """Close both sides, in order or with RST."""
        for writer in (self.near, self.far):
            if reset:
                _reset(writer)
            else:
                writer.close()


class FaultProxy:
    """Start with `with`. `fault` holds for all connections; `next` for coming ones."""

    def __init__(self, upstream: tuple[str, int] | Path, *, port: int = 0) -> None:
        """`upstream` is an address or the path of a Unix socket."""
        self.upstream = upstream
        self.port = port
        self.fault = NONE
        self.connections = 0
        self._queued: deque[Fault] = deque()
        self._links: set[Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: WeakSet[asyncio.StreamWriter] = WeakSet()

    def next(self, *faults: Fault) -> None:
        """The next connections have these faults of their own, one each."""
        self._queued.extend(faults)

    def heal(self) -> None:
        """No faults any more, and connections are accepted."""
        self._queued.clear()
        self.fault = NONE
        self.accept()

    def end_all(self, *, reset: bool = False) -> int:
        """Break what is open, in order or with RST; how many that were."""

        async def end() -> int:
            links = tuple(self._links)
            for link in links:
                link.end(reset=reset)
            return len(links)

        return self._do(end)

    def refuse(self) -> None:
        """Accept no connections and break the open ones: the other side is away."""

        async def close() -> None:
            if self._server is not None:
                self._server.close()
                self._server = None
            for link in tuple(self._links):
                link.end(reset=True)

        self._do(close)

    def accept(self) -> None:
        """Listen, on the same port as before."""

        async def listen() -> None:
            if self._server is None:
                self._server = await asyncio.start_server(
                    self._serve, "127.0.0.1", self.port, backlog=2048
                )
                self.port = self._server.sockets[0].getsockname()[1]

        self._do(listen)

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self._do(self._finish)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)

    async def _finish(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in tuple(self._writers):
            writer.transport.abort()
        await asyncio.sleep(
            LOOK_S
        )  # the loop closes what was aborted in its next round

    async def _serve(
        self, reader: asyncio.StreamReader, near: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(near)
        self.connections += 1
        try:
            await self._carry(reader, near)
        except asyncio.CancelledError:  # asyncio's server logs it as a fault otherwise
            near.close()
        finally:
            self._tasks.discard(task)

    async def _carry(
        self, reader: asyncio.StreamReader, near: asyncio.StreamWriter
    ) -> None:
        try:
            if isinstance(self.upstream, Path):
                answers, far = await asyncio.open_unix_connection(self.upstream)
            else:
                answers, far = await asyncio.open_connection(*self.upstream)
        except OSError:
            _reset(near)
            return
        self._writers.add(far)
        link = Link(near, far, self._queued.popleft() if self._queued else None)
        self._links.add(link)
        try:
            await asyncio.gather(
                self._pump(link, "requests", reader, far),
                self._pump(link, "answers", answers, near),
            )
        finally:
            self._links.discard(link)
            link.end()

    def _fault(self, link: Link, way: Way) -> Fault:
        fault = link.fault or self.fault
        return fault if fault.way == way else NONE

    async def _pump(
        self,
        link: Link,
        way: Way,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
    ) -> None:
        try:
            while data := await source.read(CHUNK):
                if not await self._pass_on(link, way, target, data):
                    return
            target.write_eof()
        except OSError:
            # Who was killed resets: the other side must learn of it, as without a proxy.
            link.end(reset=True)

    async def _pass_on(
        self, link: Link, way: Way, target: asyncio.StreamWriter, data: bytes
    ) -> bool:
        """One piece with the fault of this moment; False when that was the last."""
        fault = self._fault(link, way)
        await asyncio.sleep(fault.delay_s)
        if fault.bytes_per_s:
            await asyncio.sleep(len(data) / fault.bytes_per_s)
        left = fault.after - link.passed[way]
        if fault.ending and len(data) > left:
            await self._send(link, way, target, data[: max(0, left)])
            if fault.ending != "stall":
                _end(link, target, fault.ending)
                return False
            while self._fault(link, way) == fault:
                await asyncio.sleep(LOOK_S)
            data = data[max(0, left) :]
        await self._send(link, way, target, data)
        return True

    async def _send(
        self, link: Link, way: Way, target: asyncio.StreamWriter, data: bytes
    ) -> None:
        target.write(data)
        link.passed[way] += len(data)
        await target.drain()


def _end(link: Link, target: asyncio.StreamWriter, ending: Ending) -> None:
    if ending == "half_close":
        target.write_eof()
    else:
        link.end(reset=ending == "reset")


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.family != socket.AF_UNIX:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
