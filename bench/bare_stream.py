"""`python -m bench.bare_stream direct|consumer ...`: the same streams without the site.

`direct URL STREAMS SECONDS`: a process that only reads that many replies through
`memory.llm.ChatModel`, the SDK's raw stream; prints its processor time a token as JSON.
`consumer URL PORT`: a WebSocket server that starts such a stream for each connection and
sends each piece on as the site would: no database, no memory, no HTML.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from contextlib import aclosing
from typing import Any

import uvicorn
import uvloop

from memory.llm import ChatModel, Message, TextDelta

ASKED = [Message("user", "Tell me a long story.")]
WARM_UP_S = 2.0


def cpu_s() -> float:
    """Seconds of processor time that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def direct(url: str, streams: int, seconds: float) -> dict[str, float]:
    """Read `streams` replies at once for a while."""
    model = ChatModel(model="stub", api_key="sk-none", base_url=url)
    tokens = 0

    async def read() -> None:
        nonlocal tokens
        async with aclosing(model.stream(ASKED)) as events:
            async for event in events:
                tokens += isinstance(event, TextDelta)

    readers = [asyncio.create_task(read()) for _ in range(streams)]
    await asyncio.sleep(WARM_UP_S)
    began, known = cpu_s(), tokens
    await asyncio.sleep(seconds)
    used, read_now = cpu_s() - began, tokens - known
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    await model.aclose()
    return {"cpu_s": used, "tokens": read_now}


class Consumer:
    """The smallest ASGI application that streams a reply to a page."""

    def __init__(self, url: str) -> None:
        self._model = ChatModel(model="stub", api_key="sk-none", base_url=url)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One page: a reply from its first to its last word."""
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        offset = 0
        async with aclosing(self._model.stream(ASKED)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    frame = {"kind": "delta", "offset": offset, "text": event.text}
                    offset += len(event.text)
                    text = json.dumps(frame, separators=(",", ":"))
                    await send({"type": "websocket.send", "text": text})


def main() -> None:
    """Do as told on the command line."""
    kind, url, *rest = sys.argv[1:]
    if kind == "direct":
        print(json.dumps(uvloop.run(direct(url, int(rest[0]), float(rest[1])))))
        return
    uvicorn.run(
        Consumer(url),
        host="127.0.0.1",
        port=int(rest[0]),
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
