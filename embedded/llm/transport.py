"""The scripted model as an in-process transport for the openai SDK.

The stock ASGITransport collects a whole answer before it hands it on, so neither
streaming nor Stop would work through it. This one hands on every event as it is made,
and closing the response ends the generation at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import httpx2

from embedded.llm.model import InterruptedAnswerError, ScriptedModel


class ScriptedTransport(httpx2.AsyncBaseTransport):
    """Carries requests to a ScriptedModel in this process, whatever their host.

    The request's read time-out holds between two pieces, as it does on a socket.
    """

    def __init__(self, model: ScriptedModel | None = None) -> None:
        self.model = model or ScriptedModel()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.model.respond(
            request.method,
            request.url.path,
            await request.aread(),
            authorization=request.headers.get("authorization", ""),
        )
        timeouts = request.extensions.get("timeout") or {}
        stream = _AnswerStream(answer.body, request, timeouts.get("read"))
        return httpx2.Response(answer.status, headers=answer.headers, stream=stream)


class _AnswerStream(httpx2.AsyncByteStream):
    def __init__(
        self,
        body: AsyncGenerator[bytes, None],
        request: httpx2.Request,
        read_timeout: float | None,
    ) -> None:
        self._body = body
        self._request = request
        self._read_timeout = read_timeout

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            try:
                async with asyncio.timeout(self._read_timeout):
                    piece = await anext(self._body)
            except StopAsyncIteration:
                return
            except TimeoutError as exc:
                words = "The scripted model sent nothing for too long."
                raise httpx2.ReadTimeout(words, request=self._request) from exc
            except InterruptedAnswerError as exc:
                words = "The scripted model broke the connection."
                raise httpx2.ReadError(words, request=self._request) from exc
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()
