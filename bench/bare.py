"""The same chat without everything that this project is: `python -m bench.bare PORT`.

What one writes first with Django and Channels: a consumer that takes a message over its
socket, writes two rows with the ORM, streams the model's answer to the page and saves
it every 150 ms. No memory, no caps, no resuming, no page. Its added time, taken in the
same run, says how fast this machine is for such a stack.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup(set_prefix=False)

import uvicorn
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from django.db import transaction
from django.urls import path

from chatapp import wiring
from chatapp.conversations.models import Conversation, Message, Role
from memory.llm import Message as Said
from memory.llm import TextDelta

SAVE_S = 0.15
HISTORY = 60


class BareConsumer(AsyncWebsocketConsumer):
    """One socket; a message is answered before the next one is read."""

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """Answer one message."""
        pk = self.scope["url_route"]["kwargs"]["pk"]
        reply, history = await _begin(pk, self.scope["user"], text_data or "")
        saved = time.monotonic()
        async for event in wiring.chat_model().stream(history):
            if not isinstance(event, TextDelta):
                continue
            reply.text += event.text
            await self.send(text_data=event.text)
            if time.monotonic() - saved > SAVE_S:
                saved = time.monotonic()
                await _save(reply)
        await _save(reply)
        await self.send(text_data="")


def _begin_now(pk: UUID, user: Any, text: str) -> tuple[Message, list[Said]]:
    conversation = Conversation.objects.get(pk=pk, user_id=user.pk)
    with transaction.atomic():
        asked = Message.objects.create(
            conversation=conversation, role=Role.USER, text=text
        )
        reply = Message.objects.create(
            conversation=conversation, role=Role.ASSISTANT, parent=asked
        )
    said = conversation.message_set.order_by("-created_at")[1 : HISTORY + 1]
    history = [
        Said("user" if m.role == Role.USER else "assistant", m.text)
        for m in reversed(said)
        if m.text
    ]
    return reply, history


def _save_now(reply: Message) -> None:
    Message.objects.filter(pk=reply.pk).update(text=reply.text)


_begin = database_sync_to_async(_begin_now, thread_sensitive=False)
_save = database_sync_to_async(_save_now, thread_sensitive=False)


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    # Any: `path` and `URLRouter` are typed for views, and take ASGI applications.
    consumer: Any = BareConsumer.as_asgi()
    routes: Any = [path("bare/<uuid:pk>/", consumer)]
    application = AuthMiddlewareStack(URLRouter(routes))
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=parser.parse_args().port,
        log_level="warning",
        lifespan="off",
    )


if __name__ == "__main__":
    main()
