"""A caller of the memory API with next to no work of its own, since it shares the cores.

One kept-alive connection each; times are taken from the request's first byte written to
the answer's last byte read.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
OK = b"200"


class Caller:
    """A key's connection to the service at `url`; `ms` of the last answer."""

    def __init__(self, url: str, key: str, workspace: str) -> None:
        self._host = urlsplit(url).netloc
        self._headers = (
            f"Host: {self._host}\r\nAuthorization: Bearer {key}\r\n"
            f"X-Workspace-Id: {workspace}\r\nContent-Type: application/json\r\n"
        )
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.ms = 0.0

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer's object; AssertionError when it is not 200."""
        raw = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._headers}Content-Length: {len(raw)}\r\n\r\n"
        )
        reader, writer = await self._connection()
        began = time.perf_counter()
        writer.write(head.encode() + raw)
        head_back = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head_back)
        assert length is not None, head_back
        answer = await reader.readexactly(int(length[1]))
        self.ms = (time.perf_counter() - began) * 1000
        assert head_back.split(b" ", 2)[1] == OK, (path, head_back, answer[:300])
        found: dict[str, Any] = json.loads(answer)
        return found

    async def timed(self, path: str, body: dict[str, Any]) -> float:
        """Milliseconds until the answer was there."""
        await self.post(path, body)
        return self.ms

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            host, _, port = self._host.partition(":")
            opened = await asyncio.open_connection(host, int(port))
            self._reader, self._writer = opened
        return self._reader, self._writer
