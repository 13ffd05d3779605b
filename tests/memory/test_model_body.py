"""The end of a body is waited for, but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from memory.model_body import drain


async def test_a_body_is_read_to_its_near_end() -> None:
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        for data in (b"a", b"b"):
            read.append(data)
            yield data

    await drain(body())
    assert read == [b"a", b"b"]


async def test_a_flood_is_left() -> None:
    async def body() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    async with asyncio.timeout(5):
        await drain(body())
