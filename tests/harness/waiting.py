"""Waiting for a condition, never for a while."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast, overload

T = TypeVar("T")
PAUSE_S = 0.03


@overload
async def eventually(
    condition: Callable[[], Awaitable[T]], what: str, *, within: float = ...
) -> T: ...
@overload
async def eventually(
    condition: Callable[[], T], what: str, *, within: float = ...
) -> T: ...
async def eventually(
    condition: Callable[[], T | Awaitable[T]], what: str, *, within: float = 15.0
) -> T:
    """The condition's first true value; AssertionError naming `what` after `within` s.

    A condition that raises AssertionError is asked again; its last one is shown.
    """
    end = time.monotonic() + within
    while True:
        last = ""
        try:
            value = condition()
            if inspect.isawaitable(value):
                value = await value
            if value:
                return cast("T", value)
        except AssertionError as exc:
            last = f": {exc}"
        if time.monotonic() > end:
            msg = f"not within {within:g} s: {what}{last}"
            raise AssertionError(msg)
        await asyncio.sleep(PAUSE_S)


def blocking_until(condition: Callable[[], T], what: str, *, within: float = 15.0) -> T:
    """The same outside an event loop."""
    end = time.monotonic() + within
    while not (value := condition()):
        if time.monotonic() > end:
            msg = f"not within {within:g} s: {what}"
            raise AssertionError(msg)
        time.sleep(PAUSE_S)
    return value
