"""The scripted model as an HTTP server of its own: `python -m embedded.llm --port N`.

A plain ASGI app. With `control=True` a test in another process can enqueue
misbehaviour and read what was asked:
POST /_control/queue, GET /_control/history, POST /_control/reset.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict
from typing import Any

from embedded.llm.answers import error, to_json
from embedded.llm.behave import Behaviour, Order
from embedded.llm.model import Answer, InterruptedAnswerError, ScriptedModel

# ASGI messages are open dictionaries by specification.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]

MAX_BODY_BYTES = 4_000_000


class ScriptedServer:
    """ASGI application around one ScriptedModel."""

    def __init__(self, model: ScriptedModel, *, control: bool = False) -> None:
        self.model = model
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        path: str = scope["path"]
        if body is None:
            await _send_json(send, 413, error(413, "The body is too large."))
        elif self._control and path.startswith("/_control/"):
            await _send_json(send, *self._controlled(scope["method"], path, body))
        else:
            headers = dict(scope["headers"])
            answer = self.model.respond(
                scope["method"],
                path,
                body,
                authorization=headers.get(b"authorization", b"").decode("latin-1"),
            )
            await _send_answer(answer, receive, send)

    def _controlled(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        match method, path:
            case "POST", "/_control/queue":
                try:
                    self.model.enqueue(*_orders(json.loads(body)))
                except (ValueError, TypeError, KeyError) as exc:
                    return 400, error(400, f"Not an order: {exc}")
                return 200, to_json({"queued": len(self.model.queue)})
            case "GET", "/_control/history":
                return 200, to_json([asdict(call) for call in self.model.history])
            case "POST", "/_control/reset":
                self.model.reset()
                return 200, to_json({"ok": True})
        return 404, error(404, f"No control at {path}.")


def _orders(data: object) -> list[Order]:
    """Read one order or a list of them; ValueError, TypeError or KeyError if not."""
    items: list[Any] = data if isinstance(data, list) else [data]
    return [
        Order(**{**item, "behaviour": Behaviour(item["behaviour"])}) for item in items
    ]


async def _read(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return body


async def _send_answer(answer: Answer, receive: Receive, send: Send) -> None:
    """Send until the end, or until the client leaves: then the generation stops."""
    sending = asyncio.ensure_future(_pump(answer, send))
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        sending.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
        await answer.body.aclose()
    if not sending.cancelled() and (broken := sending.exception()):
        raise broken


async def _pump(answer: Answer, send: Send) -> None:
    await send(_start(answer.status, answer.headers))
    try:
        async for piece in answer.body:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except InterruptedAnswerError:
        return  # an unfinished response: the server drops the connection
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_json(send: Send, status: int, body: bytes) -> None:
    await send(_start(status, {"content-type": "application/json"}))
    await send({"type": "http.response.body", "body": body})


def _start(status: int, headers: dict[str, str]) -> Scope:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": pairs}


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
