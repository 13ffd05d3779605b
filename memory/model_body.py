"""Reading the body of a model's answer, with deadlines."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx2

from memory.errors import ModelError, ModelInterrupted, ModelProtocolError
from memory.streamed import StreamedReply
from memory.watchdog import Watchdog

DRAIN = 0.1
"""Seconds to wait, after `[DONE]`, for the end of the body, to keep the connection."""

MAX_ANSWER = 4 * 2**20
"""Bytes of an unstreamed answer that are read."""

OTHER_KINDS = ("text/html", "application/xhtml+xml", "application/json")
"""Pages, and errors with status 200; any other kind may be a mislabelled stream."""


def expect_events(call: str, response: httpx2.Response) -> None:
    """`ModelProtocolError` unless the answer may be an event stream."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in OTHER_KINDS:
        raise ModelProtocolError(f"{call}: answered {kind}, not an event stream")


async def next_bytes(
    call: str, body: AsyncIterator[bytes], watch: Watchdog, reply: StreamedReply
) -> bytes | None:
    """The next bytes, None at the end. A complete reply cannot fail any more."""
    try:
        async with asyncio.timeout_at(watch.next_limit):
            return await anext(body, None)
    except TimeoutError as exc:
        if reply.complete:
            return None
        raise watch.expired(call) from exc
    except httpx2.HTTPError as exc:
        if reply.complete:
            return None
        if isinstance(exc, httpx2.DecodingError):
            raise _broken(call, exc) from exc
        why = f"{type(exc).__name__} in the middle of the answer"
        raise reply.interrupted(why) from exc


async def drain(body: AsyncIterator[bytes]) -> None:
    """Read to the end of the body, if it is near: only then is the connection kept."""
    with contextlib.suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(DRAIN):
            for _ in range(8):
                if await anext(body, None) is None:
                    break


async def read_whole(call: str, response: httpx2.Response) -> bytes:
    """The body of an unstreamed answer."""
    body = bytearray()
    try:
        async for data in response.aiter_bytes():
            body += data
            if len(body) > MAX_ANSWER:
                raise ModelProtocolError(f"{call}: longer than {MAX_ANSWER} bytes")
    except httpx2.HTTPError as exc:
        raise _broken(call, exc) from exc
    return bytes(body)


def _broken(call: str, exc: httpx2.HTTPError) -> ModelError:
    if isinstance(exc, httpx2.DecodingError):
        return ModelProtocolError(f"{call}: the answer's encoding is broken")
    return ModelInterrupted(f"{call}: {type(exc).__name__} in the middle of the answer")
