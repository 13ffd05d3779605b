"""The memory service as an ASGI application of its own.

It is the in-process door of the site (the client calls it without a socket) and what
`uvicorn embedded.maas.asgi:application` serves alone. Django's handler without
middleware, signals and temporary files: a turn waits for it.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, Any

import django
from django.apps import apps
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.urls import Resolver404, URLResolver, get_resolver

if TYPE_CHECKING:
    from asgiref.typing import (
        ASGIReceiveCallable,
        ASGISendCallable,
        HTTPScope,
    )

URLCONF = "embedded.maas.urls"
MAX_READ = 2_500_000  # more than any body that is accepted


class MaasHandler(ASGIHandler):
    """Answers the memory API's paths and nothing else."""

    def __init__(self) -> None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
        if not apps.apps_ready and not apps.loading:
            django.setup()  # served alone; inside the site that has happened
        self._resolver: URLResolver | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One HTTP request, or the server's start and stop messages."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(
        self,
        scope: HTTPScope,
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        body = await _read(receive)
        if body is None:
            return
        # Only now: a path needs the views, the views need the models.
        from embedded.maas import api

        request = ASGIRequest(scope, BytesIO(body))
        request._body = body
        if self._resolver is None:
            self._resolver = get_resolver(URLCONF)
        try:
            match = self._resolver.resolve(request.path_info)
            view, path = match.func, match.kwargs
        except Resolver404:
            view, path = api.unknown_path, {}
        response = await view(request, **path)
        headers = [
            (k.lower().encode(), v.encode("latin-1")) for k, v in response.items()
        ]
        headers.append((b"content-length", str(len(response.content)).encode()))
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": headers,
                "trailers": False,
            }
        )
        await send(
            {
                "type": "http.response.body",
                "body": response.content,
                "more_body": False,
            }
        )


async def _read(receive: ASGIReceiveCallable) -> bytes | None:
    """The body, cut where it is too large to be accepted; None when the caller left."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        if size <= MAX_READ:
            parts.append(part)
            size += len(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def _lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


application = MaasHandler()
