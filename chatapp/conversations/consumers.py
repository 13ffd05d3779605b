"""The socket of one open page: shows what happens, and never makes it happen.

A consumer handles one frame at a time, so it does no long work: each running reply is
followed by a task of its own. The database is the truth; a reader that missed
something asks again with its offset and gets exactly the rest.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from chatapp.accounts import caps
from chatapp.conversations import context, hub
from chatapp.conversations.live import Delta, LiveReply
from chatapp.conversations.models import Conversation, Generation, Message
from chatapp.conversations.runner import RUNNER
from chatapp.conversations.shown import as_html, messages_of
from chatapp.memories.shown import count

RENDER_S = 0.25
"""How often the growing block is sent as HTML; its text is sent at once."""
LOG_S = 0.25
"""How often the event log is read for a reply that another process writes."""
RECENT = 12
"""Messages that a poke compares with what the page has."""
FRAME_CHARS = 4_000
NOT_FOUND = 4404
SIGNED_OUT = 4403


@dataclass(frozen=True)
class Change:
    """A message that the page does not have like this, and the one it stands for."""

    message_id: UUID
    fingerprint: tuple[object, ...]
    html: str
    replaces: str


class ConversationConsumer(AsyncWebsocketConsumer):
    """One page's socket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stack = ExitStack()
        self._following: dict[UUID, asyncio.Task[None]] = {}
        self._sent: dict[UUID, tuple[object, ...]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._pk: UUID

    async def connect(self) -> None:
        """Let the owner in; anybody else finds nothing here."""
        self._pk = self.scope["url_route"]["kwargs"]["pk"]
        if not await self._mine():
            await self.accept()  # a refused handshake could not say why
            await self.close(code=NOT_FOUND)
            return
        await self.accept()
        self._stack.enter_context(hub.watching(self._pk, self))

    async def disconnect(self, code: int) -> None:
        """Stop showing; replies go on."""
        self._stack.close()
        tasks = [*self._following.values()]
        if self._looking:
            tasks.append(self._looking)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """A command of the page; anything else is ignored."""
        if text_data is None or len(text_data) > FRAME_CHARS:
            return
        try:
            frame = json.loads(text_data)
        except (ValueError, RecursionError):
            return
        if not isinstance(frame, dict):
            return
        match frame.get("kind"):
            case "ping":
                await self._tell({"kind": "pong"})
            case "follow":
                await self._follow_asked(frame)
            case "sync":
                if not await self._mine():
                    await self.close(code=SIGNED_OUT)
                    return
                self._look()

    def started(self, live: LiveReply) -> None:
        """A reply begins in this process: show it from its first character."""
        self._follow(live.generation_id, live, 0)

    def poked(self) -> None:
        """Something changed: compare with what the page has."""
        self._look()

    async def _mine(self) -> bool:
        user = self.scope.get("user")
        if not getattr(user, "is_authenticated", False):
            return False
        return await _owns(user, self._pk)

    async def _follow_asked(self, frame: dict[str, Any]) -> None:
        try:
            generation_id = UUID(str(frame.get("generation")))
            offset = max(0, int(frame.get("offset", 0)))
        except (ValueError, TypeError, OverflowError):
            return
        if not await _belongs(generation_id, self._pk):
            return
        self._follow(generation_id, RUNNER.live(generation_id), offset)

    def _follow(self, generation_id: UUID, live: LiveReply | None, offset: int) -> None:
        if before := self._following.pop(generation_id, None):
            before.cancel()
        task = asyncio.create_task(self._show(generation_id, live, offset))
        self._following[generation_id] = task

    async def _show(
        self, generation_id: UUID, live: LiveReply | None, offset: int
    ) -> None:
        name = str(generation_id)
        if live is None:
            async for delta in follow_log(generation_id, offset):
                await self._tell_delta(name, delta)
            self._look()
            return
        if offset == 0 and live.text:
            await self._tell_rendering(name, live, 0)
            offset = live.rendering().offset
        closed = len(live.rendering().closed) if live.text else 0
        rendered_at = asyncio.get_running_loop().time()
        async for delta in live.follow(offset):
            await self._tell_delta(name, delta)
            now = asyncio.get_running_loop().time()
            if now - rendered_at >= RENDER_S and not live.ended:
                rendered_at = now
                closed = await self._tell_rendering(name, live, closed)
        self._look()

    async def _tell_delta(self, name: str, delta: Delta) -> None:
        await self._tell(
            {
                "kind": "delta",
                "generation": name,
                "offset": delta.offset,
                "text": delta.text,
            }
        )

    async def _tell_rendering(self, name: str, live: LiveReply, closed: int) -> int:
        rendering = live.rendering()
        await self._tell(
            {
                "kind": "render",
                "generation": name,
                "offset": rendering.offset,
                "closed_from": closed,
                "closed": rendering.closed[closed:],
                "tail": rendering.tail,
            }
        )
        return len(rendering.closed)

    def _look(self) -> None:
        """Compare soon; several pokes at once are one look."""
        if self._looking and not self._looking.done():
            self._look_again = True
            return
        self._looking = asyncio.create_task(self._send_changes())

    async def _send_changes(self) -> None:
        while True:
            self._look_again = False
            changes, remembered = await _changes(self._pk, dict(self._sent))
            for change in changes:
                self._sent[change.message_id] = change.fingerprint
                await self._tell(
                    {
                        "kind": "message",
                        "id": str(change.message_id),
                        "html": change.html,
                        "replaces": change.replaces,
                    }
                )
            if changes:
                await self._tell({"kind": "memory", "count": remembered})
            if not self._look_again:
                return

    async def _tell(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(frame, separators=(",", ":")))


async def follow_log(generation_id: UUID, offset: int) -> AsyncIterator[Delta]:
    """The text of a reply that another process writes, read from the event log."""
    while True:
        text, running = await _logged(generation_id)
        if offset < len(text):
            yield Delta(offset, text[offset:])
            offset = len(text)
        if not running:
            return
        await asyncio.sleep(LOG_S)


def _owns_now(user: object, pk: UUID) -> bool:
    return (
        caps.active_user(user)
        and Conversation.objects.filter(pk=pk, user_id=user.pk).exists()  # type: ignore[attr-defined]  # active_user has seen that it is a User
    )


def _belongs_now(generation_id: UUID, conversation_id: UUID) -> bool:
    return Generation.objects.filter(
        pk=generation_id, conversation_id=conversation_id
    ).exists()


def _logged_now(generation_id: UUID) -> tuple[str, bool]:
    generation = Generation.objects.select_related("message").get(pk=generation_id)
    if not generation.running:
        return generation.message.text, False
    pieces = generation.events.order_by("seq").values_list("text", flat=True)
    return "".join(pieces), True


def _changes_now(
    conversation_id: UUID, sent: dict[UUID, tuple[object, ...]]
) -> tuple[list[Change], int]:
    conversation = Conversation.objects.select_related("character", "user").get(
        pk=conversation_id
    )
    changed = [
        message
        for message in messages_of(conversation, newest=RECENT)
        if sent.get(message.id) != message.fingerprint
    ]
    left_behind = Message.objects.filter(
        selected=False, parent__children__in=[message.id for message in changed]
    )
    replaced = {
        new: str(old)
        for old, new in left_behind.order_by("created_at").values_list(
            "pk", "parent__children"
        )
    }
    return [
        Change(
            message.id,
            message.fingerprint,
            as_html(message),
            replaced.get(message.id, ""),
        )
        for message in changed
    ], count(context.anchor_of(conversation.user, conversation))


_owns = database_sync_to_async(_owns_now, thread_sensitive=False)
_belongs = database_sync_to_async(_belongs_now, thread_sensitive=False)
_logged = database_sync_to_async(_logged_now, thread_sensitive=False)
_changes = database_sync_to_async(_changes_now, thread_sensitive=False)
