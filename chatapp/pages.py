"""Answers pages: each request in one thread, from its first signal to its last.

Django's own ASGI handler makes a thread per request, hops to it three times, and lets a
chain of async-capable middleware change threads for each of them. A message on its way
to the model waits for all of that. A view here runs to its end even if its client has
gone: what was sent is taken.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

THREADS = 12
"""Pages at once; each holds a database connection, of which the pool has 16."""
BODY_BYTES = 80_000_000
"""Of one request: more than the largest file that a page takes."""
TOO_LARGE = f"This is larger than {BODY_BYTES // 1_000_000} MB, the most that is taken."


class Measured:
    """What a client sends, up to a limit; past it the client counts as gone."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._left = BODY_BYTES

    @property
    def is_too_much(self) -> bool:
        """Whether the limit was passed."""
        return self._left < 0

    async def __call__(self) -> Any:
        """The next message of the server."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_much else message


class PageHandler(ASGIHandler):
    """Django's handler with one hop to a thread that is kept, and one back."""

    def __init__(self) -> None:
        super().__init__()
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self._answer = sync_to_async(
            self._answer_now, thread_sensitive=False, executor=threads
        )

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the synchronous chain, whatever the caller asks for."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        sent = Measured(receive)
        try:
            body = await self.read_body(sent)
        except RequestAborted:
            if sent.is_too_much:
                refusal = HttpResponse(TOO_LARGE, "text/plain", HTTPStatus(413))
                await self.send_response(refusal, send)
            return
        with body:
            response = await self._answer(scope, body)
        await self.send_response(response, send)

    def _answer_now(self, scope: Any, body: Any) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response = self._whole(request) if request else refusal or HttpResponse()
        # Sends `request_finished`, too: the thread gives its connection back.
        response.close()
        return response

    def _whole(self, request: ASGIRequest) -> HttpResponseBase:
        """The answer with its whole body; files are read here, in their thread."""
        response = self.get_response(request)
        if not response.streaming:
            return response
        body = HttpResponse(b"".join(response), status=response.status_code)
        body.headers = response.headers
        body.cookies = response.cookies
        response.close()
        return body
