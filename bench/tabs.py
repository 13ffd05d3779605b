"""Open pages by the thousand: sockets read with next to no work of the client's own.

A WebSocket client that knows just what the site sends: whole text frames and pings.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from typing import cast
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from bench.stub_model import WORD_STAMP

TOKEN = "b" * 32
"""Of the page's choosing, as the check against forgery compares it with its cookie."""
TEXT, PING, PONG = 0x81, 0x89, 0x8A
SHORT, MEDIUM = 126, 127
QUOTE = ord('"')
REPLYING = (b"[", b'{"kind":"delta"', b'{"kind":"render"')
SAYS_WITHIN_S = 60.0


class Tab(asyncio.Protocol):
    """One page's socket. `heard`: (when, how long under way) of each stamped word."""

    def __init__(self, cookie: str, path: str, host: str) -> None:
        self.heard: list[tuple[int, int]] = []
        self.bytes = 0
        self.frames = 0
        self.open = asyncio.get_running_loop().create_future()
        self.speaks = asyncio.Event()
        self.closed = False
        self._data = b""
        self._upgraded = False
        key = base64.b64encode(os.urandom(16)).decode()
        self._hello = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop has its own
        self._transport.write(self._hello.encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed it, or we did."""
        self.closed = True
        if not self.open.done():
            self.open.set_exception(ConnectionError("the socket was refused"))

    def data_received(self, data: bytes) -> None:
        """Take every frame that is whole."""
        now = time.monotonic_ns()
        self._data += data
        if not self._upgraded:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            self._upgraded, self._data = True, rest
            if b" 101 " not in head.split(b"\r\n")[0]:
                self.open.set_exception(ConnectionError(head.decode()))
                return
            self.send('{"kind":"sync"}')
            self.open.set_result(None)
        while (frame := self._frame()) is not None:
            self._take(*frame, now)

    def send(self, text: str) -> None:
        """One small text frame."""
        self._write(TEXT, text.encode())

    def close(self) -> None:
        """Leave without a word, as a closed laptop does."""
        self._transport.abort()

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._data
        if len(data) < 2:
            return None
        size, begin = data[1], 2
        if size == SHORT:
            begin = 4
            size = int.from_bytes(data[2:4])
        elif size == MEDIUM:
            begin = 10
            size = int.from_bytes(data[2:10])
        if len(data) < begin + size:
            return None
        self._data = data[begin + size :]
        return data[0], data[begin : begin + size]

    def _take(self, kind: int, payload: bytes, now: int) -> None:
        if kind == PING:
            self._write(PONG, payload)
        elif kind == TEXT and payload.startswith(REPLYING):
            self.bytes += len(payload)
            self.frames += 1
            self.speaks.set()
            if is_text(payload):
                for stamp in WORD_STAMP.findall(payload):
                    self.heard.append((now, now - int(stamp, 16)))

    def _write(self, kind: int, payload: bytes) -> None:
        # The mask is required of clients; four zeros are one, and cost nothing.
        head = struct.pack("!BB4x", kind, 0x80 | len(payload))
        self._transport.write(head + payload)


def is_text(payload: bytes) -> bool:
    """Whether this frame of a reply brings text, and not its HTML."""
    if payload.startswith(b"["):  # [number, text], or five values
        return payload[payload.index(b",") + 1] == QUOTE
    return payload.startswith(b'{"kind":"d')


async def open_tab(url: str, conversation: str, session: str) -> Tab:
    """A socket of that conversation, accepted by the server at `url`."""
    parts = urlsplit(url)
    cookie = f"sessionid={session}; csrftoken={TOKEN}"
    path = f"/ws/c/{conversation}/"
    loop = asyncio.get_running_loop()
    host, _, port = parts.netloc.partition(":")
    _, tab = await loop.create_connection(
        lambda: Tab(cookie, path, parts.netloc), host, int(port)
    )
    await asyncio.wait_for(tab.open, SAYS_WITHIN_S)
    return tab


async def send(url: str, conversation: str, session: str, text: str) -> None:
    """Post a message as the page does; raises unless it is taken."""
    parts = urlsplit(url)
    body = urlencode({"text": text, "key": str(uuid4())}).encode()
    head = (
        f"POST /c/{conversation}/send/ HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Origin: {url}\r\nCookie: sessionid={session}; csrftoken={TOKEN}\r\n"
        f"X-CSRFToken: {TOKEN}\r\nHX-Request: true\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    host, _, port = parts.netloc.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(head.encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    if b" 200 " not in answer.split(b"\r\n")[0]:
        raise ConnectionError(answer[:500].decode(errors="replace"))
