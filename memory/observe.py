"""What the calls of a turn look like from outside, for whoever wants to show them.

Nobody is told unless a caller says so with `observing`; then each attempt of either
client is told once, when it is over. Headers are never part of it, and a key that a
body repeats is taken out. Bodies are bounded.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

Service = Literal["memory", "model"]

MAX_REQUEST = 128 * 1024
"""Bytes of a request that are kept: a long prompt fits."""
MAX_RESPONSE = 32 * 1024
"""Bytes of an answer that are kept; of a stream, its beginning."""
KEY_IS = "(key)"
"""Stands where a body repeated the key."""
_LONGEST_KEY = 1024
_SHORTEST_KEY = 8
"""A shorter one is a placeholder, and may be a word of a message."""


@dataclass(frozen=True)
class Seen:
    """One attempt of one call. `url` is without user, password and query.

    `began` is on `time.perf_counter`'s clock, `seconds` until the end of the answer,
    `first_seconds` until its first byte. `status` is None without an answer; `error`
    is a short name for what went wrong, None when all went well. The sizes are those
    of the whole bodies, in bytes.
    """

    service: Service
    method: str
    url: str
    status: int | None
    began: float
    seconds: float
    first_seconds: float | None
    attempt: int
    error: str | None
    request_size: int
    response_size: int
    _request: bytes = field(repr=False)
    _response: bytes = field(repr=False)
    _secret: str = field(repr=False)

    def request(self) -> str:
        """The body that was sent, as text of at most `MAX_REQUEST` bytes."""
        return self._clean(self._request, MAX_REQUEST)

    def response(self) -> str:
        """The body that came, as text of at most `MAX_RESPONSE` bytes."""
        return self._clean(self._response, MAX_RESPONSE)

    def _clean(self, body: bytes, most: int) -> str:
        # The key goes first: a cut through its middle would leave its beginning.
        if len(self._secret) >= _SHORTEST_KEY:
            body = body.replace(self._secret.encode(), KEY_IS.encode())
        return body[:most].decode(errors="replace").replace("\0", "\ufffd")


Observer = Callable[[Seen], None]
"""Told of each attempt, on the event loop: it keeps what it is told, and no more."""

_OBSERVER: ContextVar[Observer | None] = ContextVar("observer", default=None)


@contextmanager
def observing(observer: Observer | None) -> Iterator[None]:
    """Tell `observer` of the calls that are made inside, in this task; None: nobody."""
    before = _OBSERVER.set(observer)
    try:
        yield
    finally:
        _OBSERVER.reset(before)


class Watched:
    """One attempt while it lasts: `with Watched(...) as seen`; free if nobody looks."""

    def __init__(
        self,
        service: Service,
        method: str,
        url: str,
        body: bytes | object,
        *,
        secret: str,
        attempt: int = 1,
    ) -> None:
        """`body` as it is sent, or the JSON value that somebody else will encode."""
        self._observer = _OBSERVER.get()
        self._about = (service, method, url)
        self._body = body
        self._secret = secret
        self._attempt = attempt
        self._status: int | None = None
        self._error: str | None = None
        self._first: float | None = None
        self._kept = bytearray()
        self._size = 0

    def answered(self, status: int) -> None:
        """The head of the answer has come."""
        self._status = status
        if not 200 <= status < 300:
            self._error = f"HTTP {status}"

    def received(self, data: bytes) -> None:
        """A piece of the answer's body has come."""
        if self._observer is None:
            return
        if self._first is None:
            self._first = time.perf_counter() - self._began
        self._size += len(data)
        if (room := MAX_RESPONSE + _LONGEST_KEY - len(self._kept)) > 0:
            self._kept += data[:room]

    def failed(self, error: str) -> None:
        """What went wrong, in a word."""
        self._error = error

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._observer is None:
            return
        seconds = time.perf_counter() - self._began
        if kind is not None and self._error is None:
            left = issubclass(kind, (asyncio.CancelledError, GeneratorExit))
            self._error = "Cancelled" if left else kind.__name__
        service, method, url = self._about
        sent = self._sent()
        self._observer(
            Seen(
                service=service,
                method=method,
                url=url,
                status=self._status,
                began=self._began,
                seconds=seconds,
                first_seconds=self._first,
                attempt=self._attempt,
                error=self._error,
                request_size=len(sent),
                response_size=self._size,
                _request=sent[: MAX_REQUEST + _LONGEST_KEY],
                _response=bytes(self._kept),
                _secret=self._secret,
            )
        )

    def _sent(self) -> bytes:
        if isinstance(self._body, bytes):
            return self._body
        text = json.dumps(self._body, ensure_ascii=False, default=str)
        return text.encode(errors="replace")
