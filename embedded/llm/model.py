"""The scripted model: requests in, answers out, with a queue and a history.

`transport.py` (in process) and `server.py` (over HTTP) both call `ScriptedModel.respond`
and do nothing but carry bytes. An answer's body is an async generator: closing it ends
the generation at once.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from embedded.llm import answers
from embedded.llm.behave import Behaviour, Call, CallKind, Order
from embedded.llm.speak import Spoken, load_tables, speak
from embedded.llm.tokens import pieces
from embedded.llm.wire import BadRequestError, ChatRequest, parse_chat

DEFAULT_TOKENS_PER_SECOND = 50.0
PACE_VARIABLE = "SCRIPTED_TOKENS_PER_SECOND"
_FAULTS_BEFORE_THE_BODY = {Behaviour.STATUS, Behaviour.HTML_PAGE}


class InterruptedAnswerError(Exception):
    """The answer breaks off here: whoever carries the bytes breaks the connection."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and the body as it is generated."""

    status: int
    body: AsyncGenerator[bytes, None]
    headers: dict[str, str] = field(
        default_factory=lambda: {"content-type": "application/json"}
    )


class ScriptedModel:
    """Deterministic stand-in for a language model.

    `tokens_per_second`: 0 is as fast as possible; None reads the environment variable
    SCRIPTED_TOKENS_PER_SECOND (default 50). `behaviour` applies to every call that it
    fits, orders in the queue come first. `api_key`: when given, others are refused.
    """

    def __init__(
        self,
        *,
        tokens_per_second: float | None = None,
        behaviour: Behaviour | Order | None = None,
        api_key: str | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.tokens_per_second = (
            pace_from_environment() if tokens_per_second is None else tokens_per_second
        )
        self.queue: deque[Order] = deque()
        self.history: list[Call] = []
        self._always = _as_order(behaviour) if behaviour else None
        self._api_key = api_key
        self._sleep = sleep
        load_tables()  # now, and not while the first person waits

    def enqueue(self, *orders: Order | Behaviour) -> None:
        """Let the next calls of the fitting kind carry these out, one each."""
        self.queue.extend(_as_order(order) for order in orders)

    def reset(self) -> None:
        """Forget queue and history."""
        self.queue.clear()
        self.history.clear()

    def respond(
        self, method: str, path: str, body: bytes, *, authorization: str = ""
    ) -> Answer:
        """Answer one HTTP request; a wrong one gets an error in OpenAI's shape."""
        if self._api_key and authorization != f"Bearer {self._api_key}":
            return self._refuse(Call("other", path), 401)
        route = path.rstrip("/")
        if route.endswith("/models") and method == "GET":
            return self._whole(Call("models", path), answers.models())
        if not route.endswith("/chat/completions"):
            words = f"Invalid URL ({method} {path})"
            return self._refuse(Call("other", path), 404, words)
        if method != "POST":
            return self._refuse(Call("other", path), 405, "Not allowed method.")
        try:
            request = parse_chat(body)
        except BadRequestError as exc:
            call = Call("other", path)
            return self._refuse(call, 400, exc.message, param=exc.param)
        return self._chat(path, request)

    def _chat(self, path: str, request: ChatRequest) -> Answer:
        kind: CallKind = "structured" if request.schema_name else "chat"
        order = self._next_order(kind)
        call = Call(
            kind,
            path,
            model=request.model,
            messages=[{"role": m.role, "content": m.content} for m in request.messages],
            stream=request.stream,
            behaviour=order.behaviour if order else None,
        )
        if order and order.behaviour in _FAULTS_BEFORE_THE_BODY:
            return self._fault(call, order)
        try:
            spoken = speak(request, order)
        except BadRequestError as exc:
            return self._refuse(call, 400, exc.message, param=exc.param)
        if request.stream:
            body = self._stream(call, request, spoken, order)
            return self._started(call, 200, body, "text/event-stream; charset=utf-8")
        body = self._at_once(call, request, spoken, order)
        return self._started(call, 200, body)

    def _next_order(self, kind: CallKind) -> Order | None:
        for order in self.queue:
            if order.fits(kind):
                self.queue.remove(order)
                return order
        return self._always if self._always and self._always.fits(kind) else None

    async def _stream(
        self, call: Call, request: ChatRequest, spoken: Spoken, order: Order | None
    ) -> AsyncGenerator[bytes, None]:
        fault = order.behaviour if order else None
        chunks = answers.Chunks(request)
        with _followed(call):
            if fault is Behaviour.NEVER_STARTS:
                await _silence()
            yield chunks.start()
            parts = pieces(spoken.text)
            for position, piece in enumerate(parts):
                if position and self.tokens_per_second:
                    await self._sleep(1 / self.tokens_per_second)
                if position >= len(parts) // 2:
                    await _break_off(fault)
                call.sent += piece
                yield chunks.text(piece)
            yield chunks.finish(spoken.finish)
            if request.include_usage:
                yield chunks.usage(spoken.text)
            yield answers.DONE
            call.finished = True

    async def _at_once(
        self, call: Call, request: ChatRequest, spoken: Spoken, order: Order | None
    ) -> AsyncGenerator[bytes, None]:
        fault = order.behaviour if order else None
        whole = answers.completion(
            request, spoken.text, spoken.finish, refusal=spoken.refusal
        )
        with _followed(call):
            if fault is Behaviour.NEVER_STARTS:
                await _silence()
            if fault in {Behaviour.CUT_HALF_WAY, Behaviour.STALL_MID_STREAM}:
                yield whole[: len(whole) // 2]
                await _break_off(fault)
            call.sent = spoken.text
            call.finished = True
            yield whole

    def _fault(self, call: Call, order: Order) -> Answer:
        if order.behaviour is Behaviour.HTML_PAGE:
            body = _bytes(call, answers.HTML_PAGE)
            return self._started(call, order.status or 200, body, "text/html")
        answer = self._refuse(call, order.status or 500, order.text)
        if order.retry_after is not None:
            answer.headers["retry-after"] = order.retry_after
        return answer

    def _refuse(
        self, call: Call, status: int, words: str = "", *, param: str | None = None
    ) -> Answer:
        body = _bytes(call, answers.error(status, words, param=param))
        return self._started(call, status, body)

    def _whole(self, call: Call, body: bytes) -> Answer:
        return self._started(call, 200, _bytes(call, body))

    def _started(
        self,
        call: Call,
        status: int,
        body: AsyncGenerator[bytes, None],
        content_type: str = "application/json",
    ) -> Answer:
        call.status = status
        self.history.append(call)
        return Answer(status, body, {"content-type": content_type})


def pace_from_environment() -> float:
    """Tokens per second from SCRIPTED_TOKENS_PER_SECOND; ValueError on nonsense."""
    value = os.environ.get(PACE_VARIABLE, "").strip()
    if not value:
        return DEFAULT_TOKENS_PER_SECOND
    try:
        pace = float(value)
    except ValueError:
        pace = -1.0
    if not 0 <= pace < float("inf"):
        msg = f"{PACE_VARIABLE}={value!r} is not a number of tokens per second."
        raise ValueError(msg)
    return pace


@contextmanager
def _followed(call: Call) -> Iterator[None]:
    """Note in the call when the client closed the answer before its end."""
    try:
        yield
    except (GeneratorExit, asyncio.CancelledError):
        call.closed_early = not call.finished
        raise


def _as_order(order: Order | Behaviour) -> Order:
    return order if isinstance(order, Order) else Order(order)


async def _bytes(call: Call, body: bytes) -> AsyncGenerator[bytes, None]:
    call.finished = True
    yield body


async def _break_off(fault: Behaviour | None) -> None:
    if fault is Behaviour.CUT_HALF_WAY:
        raise InterruptedAnswerError
    if fault is Behaviour.STALL_MID_STREAM:
        await _silence()


async def _silence() -> None:
    await asyncio.Event().wait()
