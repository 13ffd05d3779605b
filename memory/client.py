"""How the memory service is called over HTTP; the only user of httpx.

One client per process, made once and closed on shutdown: it keeps its connections. In
process (`from_asgi`) and over the network it is the same client behind another
transport.

What is repeated, and what never is: connections that could not be made, 429 and 5xx,
with full-jitter backoff and no sooner than `Retry-After` asks. A write whose request
went out and whose answer did not come back may have happened: it is not repeated here,
the error says so. A service that is away is not asked at all: see `breaker.py`.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import httpx

from memory.address import header_value, service_root
from memory.answers import MAX_ANSWER, Answer, TooLong, read
from memory.backoff import backoff_delay
from memory.breaker import Breaker
from memory.calls import Call, DocumentedCalls
from memory.errors import MemoryAway, MemoryProtocolError, MemoryUnavailable
from memory.observe import Watched

LIMITS = httpx.Limits(
    max_connections=100, max_keepalive_connections=50, keepalive_expiry=30.0
)
"""People pause longer than httpx's 5 s, and a TLS handshake takes long."""

NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
)
"""What httpx raises before the first byte of a request has left."""

GIVEN_UP_S = 0.25
"""A caller that stops waiting after this long has had no answer, so to speak."""

TOO_LATE = "The memory service did not answer in time. It will be tried again."


class MaasClient(DocumentedCalls):
    """Calls the service for one workspace, in the event loop that first uses it.

    `timeout` (seconds) bounds one attempt as a whole, however slowly the bytes trickle
    in; where a call takes a `timeout` of its own, that bounds all its attempts
    together.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        workspace_id: str,
        *,
        auth: Literal["bearer", "x-api-key"] = "bearer",
        timeout: float = 10.0,
        connect_timeout: float = 2.0,
        retries: int = 3,
        max_retry_after: float = 30.0,
        transport: httpx.AsyncBaseTransport | None = None,
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`base_url` with or without its trailing `/v1`.

        A `Retry-After` beyond `max_retry_after` seconds is not waited for: the error
        carries it. Clients of one service in one process share a `breaker`.
        """
        self._root = service_root(base_url)
        self._key = header_value("memory API key", api_key)
        key_header = (
            {"Authorization": f"Bearer {self._key}"}
            if auth == "bearer"
            else {"x-api-key": self._key}
        )
        workspace = {"X-Workspace-Id": header_value("workspace id", workspace_id)}
        self._runtime_headers = key_header | workspace
        self._timeout = timeout
        self._retries = retries
        self._max_retry_after = max_retry_after
        self._breaker = breaker or Breaker()
        self._sleep = sleep
        self._chance = chance
        self._http = httpx.AsyncClient(
            transport=transport,
            follow_redirects=False,
            limits=LIMITS,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            # Reading and writing are bounded as a whole, by asyncio.timeout_at below.
            timeout=httpx.Timeout(None, connect=connect_timeout, pool=connect_timeout),
        )

    @classmethod
    def from_asgi(
        cls,
        app: Callable[..., Any],  # an ASGI application: scope, receive, send
        *,
        api_key: str,
        workspace_id: str,
        base_url: str = "http://localhost/v1",
        **options: Any,  # the keywords of the constructor, unchanged
    ) -> MaasClient:
        """The in-process door: the same client, calling an ASGI application."""
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return cls(base_url, api_key, workspace_id, transport=transport, **options)

    async def aclose(self) -> None:
        """Close the pooled connections; the client cannot be used afterwards."""
        await self._http.aclose()

    async def make(self, call: Call) -> object:
        """See `DocumentedCalls`; the loop that repeats what may be repeated."""
        name = f"{call.method} {self._root}{call.path}"
        content = call.encoded(name)
        retries = self._retries if call.retries is None else call.retries
        ends = math.inf if call.deadline is None else _now() + call.deadline
        attempt = 0
        unknown = False
        while True:
            attempt += 1
            answered = False
            try:
                answer = await self._send(call, name, content, attempt, ends)
                answered = True
                return read(call, name, answer, secret=self._key)
            except MemoryUnavailable as exc:
                asked = exc.retry_after or 0.0
                unsafe = exc.outcome_unknown and (call.at_most_once or not answered)
                # An earlier attempt may have been the one that wrote.
                exc.outcome_unknown = unknown = unknown or exc.outcome_unknown
                if unsafe or attempt > retries or asked > self._max_retry_after:
                    raise
                if isinstance(exc, MemoryAway):
                    raise
                delay = backoff_delay(attempt, self._chance(), exc.retry_after)
                if _now() + delay >= ends:
                    raise
            await self._sleep(delay)

    async def _send(
        self, call: Call, name: str, content: bytes, attempt: int, ends: float
    ) -> Answer:
        """One attempt; the translation point for everything that httpx raises."""
        if not self._breaker.admits():
            raise MemoryAway(f"{name}: not asked, the circuit breaker is open")
        started = time.perf_counter()
        limit = ends if math.isfinite(ends) else _now() + self._timeout
        url = self._root + call.path
        with Watched(
            "memory", call.method, url, content, secret=self._key, attempt=attempt
        ) as seen:
            try:
                async with asyncio.timeout_at(limit):
                    answer = await self._fetch(call, url, content, seen)
                if answer.status < 500:
                    self._breaker.succeeded()
                else:
                    self._breaker.failed()
                return answer
            except asyncio.CancelledError:
                if time.perf_counter() - started > GIVEN_UP_S:
                    self._breaker.failed()
                raise
            except TimeoutError as exc:
                seen.failed("Timeout")
                self._breaker.failed()
                raise MemoryUnavailable(
                    f"{name}: no complete answer in time",
                    outcome_unknown=call.writes,
                    user_message=TOO_LATE,
                ) from exc
            except httpx.TransportError as exc:
                seen.failed(error := type(exc).__name__)
                self._breaker.failed()
                raise MemoryUnavailable(
                    f"{name}: {error}",
                    outcome_unknown=call.writes and not isinstance(exc, NOT_SENT),
                ) from exc
            except (httpx.HTTPError, TooLong) as exc:
                seen.failed(error := type(exc).__name__)
                self._breaker.succeeded()  # somebody is there
                raise MemoryProtocolError(
                    f"{name}: the answer cannot be read ({error})"
                ) from exc

    async def _fetch(
        self, call: Call, url: str, content: bytes, seen: Watched
    ) -> Answer:
        """The answer with its whole body, unless that exceeds `MAX_ANSWER`."""
        headers = self._runtime_headers if call.runtime else {}
        async with self._http.stream(
            call.method, url, content=content, headers=headers
        ) as response:
            seen.answered(response.status_code)
            body = bytearray()
            async for chunk in response.aiter_bytes():
                seen.received(chunk)
                body += chunk
                if len(body) > MAX_ANSWER:
                    raise TooLong
            retry_after = response.headers.get("retry-after")
            return Answer(response.status_code, retry_after, bytes(body))


def _now() -> float:
    """The event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()
