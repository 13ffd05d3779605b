"""The site as an ASGI application: pages, sockets, the memory API, start and stop."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup(set_prefix=False)

# Only after setup: these import models.
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from chatapp import wiring
from chatapp.conversations import guard, hub, purging, reaper
from chatapp.conversations.compare_socket import CompareConsumer
from chatapp.conversations.consumers import ConversationConsumer
from chatapp.conversations.draining import DRAIN
from chatapp.conversations.origin import SameOrigin
from chatapp.conversations.runner import RUNNER
from chatapp.operations import outages
from chatapp.pages import PageHandler

API_PATHS = ("/v1/", "/api/v1/")


class Site:
    """Sends each connection where it belongs, and owns the background tasks."""

    def __init__(self) -> None:
        # Any: `path` and `URLRouter` are typed for views, and take ASGI applications.
        consumer: Any = ConversationConsumer.as_asgi()
        comparison: Any = CompareConsumer.as_asgi()
        routes: Any = [
            path("ws/c/<uuid:pk>/", consumer),
            path("ws/compare/", comparison),
        ]
        sockets = SameOrigin(AuthMiddlewareStack(URLRouter(routes)))
        self._pages = ProtocolTypeRouter({"http": PageHandler(), "websocket": sockets})
        self._api = wiring.memory_app() if settings.EMBEDDED_MAAS else None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif (
            self._api is not None
            and scope["type"] == "http"
            and scope["path"].startswith(API_PATHS)
        ):
            await self._api(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        """Run the background tasks between the server's start and its stop."""
        await receive()
        tasks = [
            asyncio.create_task(hub.listen(RUNNER.stop), name="listen for pokes"),
            asyncio.create_task(reaper.watch(), name="reap dead replies"),
            asyncio.create_task(guard.watch(), name="turn people away"),
            asyncio.create_task(purging.watch(), name="remove what was deleted"),
            asyncio.create_task(outages.watch_breaker(), name="try the memory service"),
            asyncio.create_task(self._warm(), name="warm up"),
        ]
        if settings.REDIS_URL:
            # Only then: it brings the Redis library, ten megabytes.
            from chatapp.conversations.exchange import Exchange

            exchange = Exchange(settings.REDIS_URL)
            tasks.append(asyncio.create_task(exchange.run(), name="exchange"))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        DRAIN.begin()  # our own server did it when it was told to stop
        await RUNNER.drain(DRAIN.left_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await wiring.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _warm(self) -> None:
        """Make the clients before the first person waits for them."""
        await asyncio.to_thread(wiring.site_key) if settings.EMBEDDED_MAAS else None
        wiring.memory_client()
        await wiring.load_model()
        wiring.chat_model()


application = Site()
