"""The chat model behind any OpenAI-compatible server; the one user of openai.

One `ChatModel` per process, made once and closed on shutdown. The SDK makes the request
and names the errors; its streamed answer is read raw and parsed by `sse.py`, a tenth of
the cost of its typed stream. Nothing is repeated but one connection that could not be
made: once a token has been shown, a second try would double text and cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import httpx2
import openai

from memory.address import header_value
from memory.backoff import parse_retry_after
from memory.completion import (
    Finished,
    Message,
    ProviderError,
    TextDelta,
    read_completion,
)
from memory.discretion import quotable
from memory.errors import ModelProtocolError, ModelUnavailable
from memory.model_body import drain, expect_events, next_bytes, read_whole
from memory.model_errors import describe, model_error_for
from memory.observe import Watched
from memory.storable import storable
from memory.streamed import StreamedReply
from memory.structured import Format, ask_for_json
from memory.watchdog import ModelTimeouts, Watchdog, timed_out

__all__ = ["ChatModel", "Finished", "Message", "ModelTimeouts", "TextDelta"]

CONNECT_PAUSE = 0.1
"""Seconds before the one repetition of a connection that could not be made."""

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
        """`base_url` None is the SDK's own. Local servers need no key: "" will do."""
        self.model = model
        self.extract_model = extract_model or model
        self.timeouts = timeouts
        # Without any key the SDK would send an empty header, which no server can read.
        self._key = header_value("model API key", api_key or "none")
        self._in_words = False
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
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        seed: int | None = None,
    ) -> AsyncGenerator[TextDelta | Finished, None]:
        """The reply piece by piece, then one `Finished`, or a `ModelError`.

        A `seed` asks a server that answers the same prompt alike for another reply.
        `aclose()` closes the upstream response at once, so leave it by
        `contextlib.aclosing`.
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
        if seed is not None:
            arguments["seed"] = seed
        with self._watched(arguments) as seen:
            try:
                async with asyncio.timeout_at(watch.next_limit):
                    response = await self._open(call, arguments, messages, seen)
            except TimeoutError as exc:
                raise watch.expired(call) from exc
            try:
                expect_events(call, response)
                async with aclosing(response.aiter_bytes()) as body:
                    while not reply.done:
                        data = await next_bytes(call, body, watch, reply)
                        if data is None:
                            break
                        seen.received(data)
                        for text in reply.feed(data):
                            yield TextDelta(text)
                        if reply.take_progress():
                            watch.progress()
                        if reply.complete:
                            watch.ending()
                    for text in reply.close():
                        yield TextDelta(text)
                    await drain(body)
            finally:
                await response.aclose()
        yield reply.finished()

    async def structured(
        self, messages: Sequence[Message], *, name: str, schema: Mapping[str, object]
    ) -> object:
        """A JSON value by `extract_model`, parsed but not checked against `schema`.

        An answer that is no JSON is shown to the model once, with the reason; a
        provider that refuses `response_format` gets the schema in words instead.
        """
        call = self._call(self.extract_model)

        async def ask(asked: Sequence[Message], wanted: Format | None) -> str:
            return await self._complete(call, asked, wanted)

        try:
            async with asyncio.timeout(self.timeouts.total):
                value, self._in_words = await ask_for_json(
                    ask,
                    call,
                    messages,
                    name=name,
                    schema=schema,
                    in_words=self._in_words,
                )
        except TimeoutError as exc:
            raise timed_out(call, "total", self.timeouts) from exc
        return value

    async def _complete(
        self, call: str, messages: Sequence[Message], wanted: Format | None
    ) -> str:
        """One whole answer, not streamed; an answer in refusal is no answer."""
        arguments: dict[str, Any] = {
            "model": self.extract_model,
            "messages": _wire(messages),
        }
        if wanted is not None:
            arguments["response_format"] = wanted
        with self._watched(arguments) as seen:
            response = await self._open(call, arguments, messages, seen)
            try:
                body = await read_whole(call, response)
            finally:
                await response.aclose()
            seen.received(body)
        try:
            text, refusal = read_completion(body)
        except ModelProtocolError as exc:
            raise ModelProtocolError(f"{call}: {exc}") from exc
        except ProviderError as exc:
            code, message = describe(exc.body, lambda t: self._quote(t, messages))
            raise model_error_for(call, exc.status, code=code, message=message) from exc
        if refusal and not text:
            raise ModelProtocolError(f"{call}: the model refused")
        return text

    async def _open(
        self,
        call: str,
        arguments: dict[str, Any],
        messages: Sequence[Message],
        seen: Watched,
    ) -> httpx2.Response:
        """The response, body unread; the translation point for the SDK's errors."""
        try:
            try:
                response = await self._request(arguments)
            except openai.APIConnectionError as exc:
                if not isinstance(exc.__cause__, NOT_CONNECTED):
                    raise
                await asyncio.sleep(CONNECT_PAUSE)
                response = await self._request(arguments)
            seen.answered(response.status_code)
            return response
        except openai.APIStatusError as exc:
            seen.answered(exc.status_code)
            seen.received(exc.response.content)
            code, message = describe(exc.body, lambda t: self._quote(t, messages))
            # The SDK's text holds the answer's body, which may repeat what was sent,
            # and would be printed with the traceback.
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
        # The SDK compares each message with its types, 0.2 ms apiece, and every reply
        # waits for that. As an extra part of the body the messages go as they are.
        sent: dict[str, Any] = {
            **arguments,
            "messages": [],
            "extra_body": {"messages": arguments["messages"]},
        }
        # Entered and not left: whoever reads the body closes the response.
        answer = await completions.create(**sent).__aenter__()
        response: httpx2.Response = answer.http_response
        return response

    def _watched(self, arguments: dict[str, Any]) -> Watched:
        base = self._client.base_url
        url = f"{base.scheme}://{base.netloc.decode()}{base.path.rstrip('/')}"
        url += "/chat/completions"
        return Watched("model", "POST", url, arguments, secret=self._key)

    def _quote(self, text: object, messages: Sequence[Message]) -> str:
        sent = [message.content for message in messages]
        return quotable(text, sent=sent, secrets=(self._key,))

    def _call(self, model: str) -> str:
        return f"chat completion of {model} at {self._client.base_url.host}"

    def _max_tokens_field(self) -> str:
        """OpenAI's newer models refuse the old name, other servers know no other."""
        host = self._client.base_url.host
        return "max_completion_tokens" if host == "api.openai.com" else "max_tokens"


def _wire(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": m.role, "content": storable(m.content)} for m in messages]
