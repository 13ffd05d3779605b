"""The chat model behind any OpenAI-compatible server; the only user of openai and httpx2.

One `ChatModel` per process, made once and closed on shutdown. The SDK makes the request and
names the errors; its streamed answer is read raw and parsed by `sse.py`, a tenth of the cost of
its typed stream. Nothing is repeated but one connection that could not be made: once a token has
been shown, a second try would double text and cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any

import httpx2
import openai

from memory.backoff import parse_retry_after
from memory.completion import (
    Finished,
    Message,
    ProviderError,
    TextDelta,
    read_completion,
)
from memory.discretion import quotable
from memory.errors import (
    ModelError,
    ModelInterrupted,
    ModelProtocolError,
    ModelRejected,
    ModelUnavailable,
)
from memory.loose_json import parse_loosely
from memory.model_errors import describe, model_error_for
from memory.storable import storable
from memory.streamed import StreamedReply
from memory.watchdog import ModelTimeouts, Watchdog, timed_out

__all__ = ["ChatModel", "Finished", "Message", "ModelTimeouts", "TextDelta"]

CONNECT_PAUSE = 0.1
"""Seconds before the one repetition of a connection that could not be made."""

DRAIN = 0.1
"""Seconds to wait, after `[DONE]`, for the end of the body, so that the connection is kept."""

MAX_ANSWER = 4 * 2**20
"""Bytes of an unstreamed answer that are read."""

MAX_SHOWN_BACK = 8000
"""Characters of an unusable answer that the model is shown again."""

LIMITS = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)

NOT_CONNECTED = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
)
"""What httpx2 raises before the first byte of a request has left."""


class ChatModel:
    """One model for replies and one (by default the same) for structured answers.

    It belongs to the event loop that first uses it. Its methods raise `ModelError`.
    """

    def __init__(
        self,
        *,
        model: str,
        extract_model: str | None = None,
        api_key: str,
        base_url: str | None = None,
        timeouts: ModelTimeouts = ModelTimeouts(),  # noqa: B008 - frozen
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`base_url` None is the SDK's own default. Local servers need no `api_key`: "" will do."""
        self.model = model
        self.extract_model = extract_model or model
        self.timeouts = timeouts
        # Without any key the SDK would send an empty header, which no server can read.
        self._key = _header(api_key) or "none"
        self._schema_refused = False
        limits = httpx2.Timeout(None, connect=timeouts.connect, pool=timeouts.connect)
        self._client = openai.AsyncOpenAI(
            api_key=self._key,
            base_url=base_url,
            max_retries=0,
            timeout=limits,
            http_client=httpx2.AsyncClient(
                transport=transport,
                timeout=limits,
                limits=LIMITS,
                follow_redirects=False,
            ),
        )

    async def aclose(self) -> None:
        """Close the pooled connections; the model cannot be used afterwards."""
        await self._client.close()

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished, None]:
        """The reply piece by piece, then one `Finished`; anything else ends in a `ModelError`.

        `aclose()` closes the upstream response at once, so leave it by `contextlib.aclosing`.
        """
        call = self._call(self.model)
        watch = Watchdog(self.timeouts, asyncio.get_running_loop().time)
        reply = StreamedReply(call, lambda text: self._quote(text, messages))
        arguments: dict[str, Any] = {
            "model": self.model,
            "messages": _wire(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if max_tokens is not None:
            arguments[self._max_tokens_field()] = max_tokens
        try:
            async with asyncio.timeout_at(watch.next_limit):
                response = await self._open(call, arguments, messages)
        except TimeoutError as exc:
            raise watch.expired(call) from exc
        try:
            _expect_events(call, response)
            body = response.aiter_bytes()
            while not reply.done:
                data = await _next(call, body, watch, reply)
                for text in reply.close() if data is None else reply.feed(data):
                    yield TextDelta(text)
                if data is None:
                    break
                if reply.progressed:
                    reply.progressed = False
                    watch.progress()
                if reply.complete:
                    watch.ending()
            if reply.done:
                for text in reply.close():
                    yield TextDelta(text)
                await _drain(body)
        finally:
            await response.aclose()
        yield reply.finished()

    async def structured(
        self, messages: Sequence[Message], *, name: str, schema: Mapping[str, object]
    ) -> object:
        """A JSON value made to `schema` by `extract_model`, parsed but not checked against it.

        An answer that is no JSON is shown to the model once, with the reason; a provider that
        refuses `response_format` gets the schema in words instead.
        """
        call = self._call(self.extract_model)
        try:
            async with asyncio.timeout(self.timeouts.total):
                return await self._structured(call, list(messages), name, schema)
        except TimeoutError as exc:
            raise timed_out(call, "total", self.timeouts) from exc

    async def _structured(
        self,
        call: str,
        messages: list[Message],
        name: str,
        schema: Mapping[str, object],
    ) -> object:
        strict = {"name": name, "schema": schema, "strict": True}
        wanted: dict[str, Any] = {
            "response_format": {"type": "json_schema", "json_schema": strict}
        }
        if self._schema_refused:
            wanted, messages = {}, _with_schema(messages, schema)
        try:
            text = await self._complete(call, messages, wanted)
        except ModelRejected as exc:
            if not wanted or exc.status not in (400, 422):
                raise
            wanted, messages = {}, _with_schema(messages, schema)
            text = await self._complete(call, messages, wanted)
            self._schema_refused = True
        try:
            return parse_loosely(text)
        except ValueError as exc:
            shown = Message("assistant", text[:MAX_SHOWN_BACK] or "(nothing)")
            repair = Message(
                "user",
                f"That cannot be read as JSON: {exc}. Answer again, with the JSON alone.",
            )
        text = await self._complete(call, [*messages, shown, repair], wanted)
        try:
            return parse_loosely(text)
        except ValueError as exc:
            raise ModelProtocolError(f"{call}: no JSON, asked twice: {exc}") from exc

    async def _complete(
        self, call: str, messages: Sequence[Message], wanted: Mapping[str, Any]
    ) -> str:
        """One whole answer, not streamed."""
        arguments = {
            "model": self.extract_model,
            "messages": _wire(messages),
            **wanted,
        }
        response = await self._open(call, arguments, messages)
        try:
            body = bytearray()
            async for data in response.aiter_bytes():
                body += data
                if len(body) > MAX_ANSWER:
                    raise ModelProtocolError(f"{call}: over {MAX_ANSWER} bytes")
        except httpx2.HTTPError as exc:
            raise _broken(call, exc) from exc
        finally:
            await response.aclose()
        try:
            text, refusal = read_completion(bytes(body))
        except ModelProtocolError as exc:
            raise ModelProtocolError(f"{call}: {exc}") from exc
        except ProviderError as exc:
            code, message = describe(exc.body, lambda t: self._quote(t, messages))
            raise model_error_for(call, exc.status, code=code, message=message) from exc
        if refusal and not text:
            raise ModelProtocolError(f"{call}: the model refused")
        return text

    async def _open(
        self, call: str, arguments: dict[str, Any], messages: Sequence[Message]
    ) -> httpx2.Response:
        """The response, its body unread; the translation point for what the SDK raises."""
        try:
            try:
                return await self._request(arguments)
            except openai.APIConnectionError as exc:
                if not isinstance(exc.__cause__, NOT_CONNECTED):
                    raise
            await asyncio.sleep(CONNECT_PAUSE)
            return await self._request(arguments)
        except openai.APIStatusError as exc:
            code, message = describe(exc.body, lambda t: self._quote(t, messages))
            # The SDK's text holds the answer's body, which may repeat what was sent, and would
            # be printed with the traceback.
            exc.args = (f"HTTP {exc.status_code}",)
            raise model_error_for(
                call,
                exc.status_code,
                code=code,
                message=message,
                retry_after=parse_retry_after(exc.response.headers.get("retry-after")),
            ) from exc
        except openai.APITimeoutError as exc:
            raise timed_out(call, "connect", self.timeouts) from exc
        except (openai.OpenAIError, httpx2.HTTPError) as exc:
            reason = type(exc.__cause__ or exc).__name__
            raise ModelUnavailable(f"{call}: {reason}") from exc

    async def _request(self, arguments: dict[str, Any]) -> httpx2.Response:
        completions = self._client.chat.completions.with_streaming_response
        opening = completions.create(**arguments)
        # Left open on purpose: whoever reads the body closes the response.
        return (await opening.__aenter__()).http_response

    def _quote(self, text: object, messages: Sequence[Message]) -> str:
        sent = [message.content for message in messages]
        return quotable(text, sent=sent, secrets=(self._key,))

    def _call(self, model: str) -> str:
        return f"chat completion of {model} at {self._client.base_url.host}"

    def _max_tokens_field(self) -> str:
        """OpenAI's own newer models refuse the old name, compatible servers know no other."""
        host = self._client.base_url.host
        return "max_completion_tokens" if host == "api.openai.com" else "max_tokens"


async def _next(
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
        raise _broken(call, exc) from exc


def _broken(call: str, exc: httpx2.HTTPError) -> ModelError:
    if isinstance(exc, httpx2.DecodingError):
        return ModelProtocolError(f"{call}: the answer's encoding is broken")
    return ModelInterrupted(f"{call}: {type(exc).__name__} in the middle of the answer")


async def _drain(body: AsyncIterator[bytes]) -> None:
    """Read to the end of the body, if it is near: only then is the connection kept."""
    with contextlib.suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(DRAIN):
            for _ in range(8):
                if await anext(body, None) is None:
                    break


def _expect_events(call: str, response: httpx2.Response) -> None:
    """A page or a document with status 200 is somebody else answering."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml", "application/json"):
        raise ModelProtocolError(f"{call}: answered {kind}, not an event stream")


def _wire(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "content": storable(m.content)} for m in messages]


def _with_schema(
    messages: Sequence[Message], schema: Mapping[str, object]
) -> list[Message]:
    """`messages` with the schema in words, in the one system message that all servers take."""
    request = (
        "Answer with one JSON value and nothing else, made to this JSON schema: "
        + json.dumps(schema, ensure_ascii=False)
    )
    if messages and messages[0].role == "system":
        first = Message("system", f"{messages[0].content}\n\n{request}")
        return [first, *messages[1:]]
    return [Message("system", request), *messages]


def _header(key: str) -> str:
    """`key`, stripped, if a header can carry it; never quoted."""
    key = key.strip()
    if not key.isascii() or not (key.isprintable() or not key):
        raise ValueError("the model's API key must be printable ASCII")
    return key
