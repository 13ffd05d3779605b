"""The socket of one open page: shows what happens, and never makes it happen.

A consumer handles one frame at a time, so it does no long work: each running reply is
followed by a task of its own. The database is the truth; a reader that missed
something asks again with its offset and gets exactly the rest.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import tzinfo
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override
from uvicorn.protocols.utils import ClientDisconnected

from chatapp.accounts import caps, zones
from chatapp.accounts.models import User
from chatapp.conversations import guard, hub
from chatapp.conversations.allowance import Allowance
from chatapp.conversations.changes import Change, Fingerprint, Look, look
from chatapp.conversations.live import LiveReply
from chatapp.conversations.mirrors import MIRRORS
from chatapp.conversations.models import Conversation, Generation
from chatapp.conversations.runner import RUNNER
from chatapp.conversations.showing import Frame, Showing
from chatapp.conversations.tasks import AWAY
from chatapp.language.choice import known, language_of_socket
from chatapp.memories.lines import badge

logger = logging.getLogger(__name__)
SETTLE_S = 0.03
"""A change is looked at this much later, in one go with what comes right behind it.
The first word of a reply passes by the look at the rows that it began with."""
LOOK_AGAIN_S = 1.0
FRAME_CHARS = 4_000
NOT_FOUND = 4404
SIGNED_OUT = 4403
ASK_AGAIN = 4401
"""The pass has ended: the page connects again, and is told where it stands."""
TOO_MANY = 4429
# Not \\u1234 for each letter of half the world: UTF-8 is two to four bytes.
_encoded = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class ConversationConsumer(AsyncWebsocketConsumer):
    """One page's socket."""

    channel_layer_alias = ""
    """None: nothing comes to a page by the channel layer, and it may be away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stack = ExitStack()
        self._allowance = Allowance()
        self._following: dict[UUID, asyncio.Task[None]] = {}
        self._sent: Mapping[UUID, Fingerprint] = {}
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._last: UUID | None = None
        self._version: int | None = None
        self._shown_before = 0
        self._keeps = False
        self._language = settings.LANGUAGE_CODE
        self._bodies: dict[UUID | str, int] = {}
        self._closing: asyncio.Task[None] | None = None
        self._pk: UUID
        self._zone: tzinfo = zones.UNKNOWN

    async def connect(self) -> None:
        """Let the owner in; anybody else finds nothing here."""
        self._pk = self.scope["url_route"]["kwargs"]["pk"]
        user: Any = self.scope.get("user")  # a lazy one, of the middleware
        refusal = await _refusal(user, self._pk)
        await self.accept()  # a refused handshake could not say why
        if refusal:
            await self.close(code=refusal)
            return
        self._language = language_of_socket(user, self.scope.get("cookies", {}))
        self._zone = zones.zone_of(user)
        session = getattr(self.scope.get("session"), "session_key", None)
        shown = guard.Pass(user.pk, user.password, session or "")
        self._stack.enter_context(guard.admitted(self, shown))
        self._stack.enter_context(hub.watching(self._pk, self))

    async def disconnect(self, code: int) -> None:
        """Stop showing; replies go on."""
        await asyncio.gather(*self._stop_showing(), return_exceptions=True)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """A command of the page; anything else is ignored."""
        if not self._allowance.take():
            await self.close(code=TOO_MANY)
            return
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
                with suppress(ClientDisconnected):
                    await self._tell({"kind": "pong"})
            case "follow":
                await self._follow_asked(frame)
            case "sync":
                self._last = _uuid(frame.get("last"))
                self._version = _number(frame.get("version"), self._version)
                self._keeps = frame.get("keeps") is True
                self._language = known(frame.get("language")) or self._language
                self._look()
            case "language":
                # Of what comes from now on; what stands there the page reads by itself.
                self._language = known(frame.get("language")) or self._language

    def started(self, live: LiveReply) -> None:
        """A reply begins in this process: show it from its first character."""
        self._follow(live.generation_id, live)

    def started_elsewhere(self, generation_id: UUID) -> None:
        """A reply begins in another process: show its copy."""
        self._follow(generation_id, None, 0)

    def poked(self) -> None:
        """Something changed: compare with what the page has."""
        self._look()

    def turned_away(self) -> None:
        """The person signed out or was disabled: show no more."""
        self._stop_showing()
        self._closing = asyncio.create_task(self.close(code=ASK_AGAIN))

    def _stop_showing(self) -> list[asyncio.Task[None]]:
        self._stack.close()
        tasks = [*self._following.values()]
        if self._looking:
            tasks.append(self._looking)
        for task in tasks:
            task.cancel()
        return tasks

    async def _follow_asked(self, frame: dict[str, Any]) -> None:
        generation_id = _uuid(frame.get("generation"))
        try:
            offset = max(0, int(frame.get("offset", 0)))
            closed = max(0, int(frame.get("closed", 0)))
        except (ValueError, TypeError, OverflowError):
            return
        if generation_id is None or not await _belongs(generation_id, self._pk):
            return
        self._follow(generation_id, RUNNER.live(generation_id), offset, closed)

    def _follow(
        self,
        generation_id: UUID,
        live: LiveReply | None,
        offset: int = 0,
        closed: int = 0,
    ) -> None:
        if before := self._following.pop(generation_id, None):
            before.cancel()
        task = asyncio.create_task(self._show(generation_id, live, offset, closed))
        self._following[generation_id] = task
        task.add_done_callback(lambda task: self._shown(generation_id, task))

    def _shown(self, generation_id: UUID, task: asyncio.Task[None]) -> None:
        if self._following.get(generation_id) is task:
            del self._following[generation_id]
        _report(task)

    async def _show(
        self, generation_id: UUID, live: LiveReply | None, offset: int, closed: int
    ) -> None:
        if live is None:
            with MIRRORS.copy(generation_id, self._pk) as copy:
                return await self._show(generation_id, copy, offset, closed)
        self._shown_before += 1
        showing = Showing(
            live, self._shown_before, self._tell, offset=offset, closed=closed
        )
        await showing.run()
        if self._keeps:
            self._bodies[generation_id] = hash(await showing.finish())
        self._look()

    def _look(self) -> None:
        """Compare soon; several pokes at once are one look."""
        if self._looking and not self._looking.done():
            self._look_again = True
            return
        self._looking = asyncio.create_task(self._send_changes())
        self._looking.add_done_callback(_report)

    async def _send_changes(self) -> None:
        self._look_again = True
        while self._look_again:
            await asyncio.sleep(SETTLE_S)
            self._look_again = False
            try:
                await self._send_what_is_new()
            except Conversation.DoesNotExist:
                await self.close(code=NOT_FOUND)
                return
            except AWAY as exc:
                # A poke that is lost is not repeated: the page would stand still.
                logger.warning("A page's rows could not be read, again: %s", exc)
                self._look_again = True
                await asyncio.sleep(LOOK_AGAIN_S)

    async def _send_what_is_new(self) -> None:
        told = self._version
        shown = (self._language, self._zone)
        found = await _look(shown, self._pk, self._sent, self._last, told)
        if self._version != told:
            return  # the page has said meanwhile what it has: the next look is for that
        self._version = found.version
        is_turned = told not in {None, found.version}
        if is_turned:
            await self._tell({"kind": "path", "version": found.version})
        for change in found.changes:
            await self._tell_message(change)
        if found.changes or is_turned:  # memory follows the path
            await self._tell({"kind": "memory", "count": badge(found.remembered)})
        if found.off_record is not None:
            await self._tell({"kind": "record", "html": found.off_record})
        self._sent, self._last = found.seen, None

    async def _tell_message(self, change: Change) -> None:
        """The article; without its body for a page that has exactly that."""
        frame: dict[str, object] = {"kind": "message", "id": str(change.message_id)}
        if change.body and self._bodies.get(change.generation) == hash(change.body):
            frame |= {"html": change.without_body, "keeps": True}
        else:
            frame |= {"html": change.html}
        await self._tell(frame)
        if self._keeps:
            self._bodies[change.generation] = hash(change.body)

    async def _tell(self, frame: Frame) -> None:
        try:
            await self.send(text_data=_words(frame))
        except RuntimeError as exc:
            # uvicorn's words for a page that closed its socket a moment ago, and of
            # whom the consumer has not heard yet.
            if "websocket.close" not in str(exc):
                raise
            raise ClientDisconnected from exc


def _words(frame: Frame) -> str:
    """The frame as JSON. Most are of text alone, one for each piece of every reply."""
    match frame:
        case [int(number), str(text)]:
            return f"[{number},{encode_basestring(text)}]"
    return _encoded(frame)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _number(value: object, otherwise: int | None) -> int | None:
    return value if type(value) is int else otherwise


def _report(task: asyncio.Task[None]) -> None:
    """Log what ended a task of a socket: nobody waits for it. Nor for one that left."""
    if task.cancelled() or isinstance(task.exception(), ClientDisconnected):
        return
    if error := task.exception():
        logger.error("A page was not shown what happened", exc_info=error)


def _refusal_now(user: object, pk: UUID) -> int:
    """The close code for whoever may not look, 0 for the owner."""
    if not caps.active_user(user):
        return SIGNED_OUT
    assert isinstance(user, User)
    mine = Conversation.objects.filter(pk=pk, user_id=user.pk)
    return 0 if mine.exists() else NOT_FOUND


def _belongs_now(generation_id: UUID, conversation_id: UUID) -> bool:
    return Generation.objects.filter(
        pk=generation_id, conversation_id=conversation_id
    ).exists()


def _look_now(shown: tuple[str, tzinfo], *what: Any) -> Look:
    """In the page's own language, which need not be that of the person's other pages,
    and on the person's clock."""
    language, zone = shown
    with override(language), timezone.override(zone):
        return look(*what)


_refusal = database_sync_to_async(_refusal_now, thread_sensitive=False)
_belongs = database_sync_to_async(_belongs_now, thread_sensitive=False)
_look = database_sync_to_async(_look_now, thread_sensitive=False)
