"""The socket of a comparison: it lasts as long as somebody looks, and keeps nothing.

Unlike a reply, a comparison belongs to its page: closing it ends both answers, which
nobody could read any more.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import ExitStack, suppress
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from uvicorn.protocols.utils import ClientDisconnected

from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.conversations import comparing, guard
from chatapp.conversations.allowance import Allowance
from chatapp.conversations.columns import Frame, compare_again, compare_question
from chatapp.language.choice import language_of_socket

logger = logging.getLogger(__name__)
FRAME_CHARS = 40_000
SIGNED_OUT = 4403
ASK_AGAIN = 4401
TOO_MANY = 4429
BUSY = _("One comparison at a time: stop this one first.")
OUR_FAULT = _("Something went wrong on our side, and the comparison ended.")


class CompareConsumer(AsyncWebsocketConsumer):
    """One page's comparisons, one at a time."""

    channel_layer_alias = ""
    """None: nothing comes to a page by the channel layer, and it may be away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stack = ExitStack()
        self._allowance = Allowance()
        self._running: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._language = settings.LANGUAGE_CODE
        self._user: User

    async def connect(self) -> None:
        """Let anybody in who is signed in."""
        user: Any = self.scope.get("user")  # a lazy one, of the middleware
        await self.accept()  # a refused handshake could not say why
        if not await _active(user):
            await self.close(code=SIGNED_OUT)
            return
        self._user = user
        self._language = language_of_socket(user, self.scope.get("cookies", {}))
        session = getattr(self.scope.get("session"), "session_key", None)
        shown = guard.Pass(user.pk, user.password, session or "")
        self._stack.enter_context(guard.admitted(self, shown))

    async def disconnect(self, code: int) -> None:
        """Nobody looks any more: stop."""
        self._stack.close()
        await self._stop()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """A command of the page; anything else is ignored."""
        if not self._allowance.take():
            await self.close(code=TOO_MANY)
            return
        frame = _read(text_data)
        match frame.get("kind"):
            case "stop":
                await self._stop()
            case "ask" | "again":
                if self._running and not self._running.done():
                    with override(self._language):
                        await self._tell({"kind": "refused", "text": str(BUSY)})
                    return
                self._running = asyncio.create_task(self._compare(frame))

    def turned_away(self) -> None:
        """The person signed out or was disabled: show no more."""
        self._stack.close()
        if self._running:
            self._running.cancel()
        self._closing = asyncio.create_task(self.close(code=ASK_AGAIN))

    async def _compare(self, frame: dict[str, Any]) -> None:
        with override(self._language):  # of this task, and of the threads it asks
            await self._compared(frame)

    async def _compared(self, frame: dict[str, Any]) -> None:
        try:
            if frame["kind"] == "ask":
                text = str(frame.get("text", ""))
                asked = await _question(self._user, _uuid(frame), text)
                await self._tell({"kind": "begun"})
                await compare_question(asked, self._tell)
            else:
                reply = await _again(self._user, _uuid(frame))
                await self._tell({"kind": "begun"})
                await compare_again(reply, self._tell)
        except comparing.NothingToCompare as exc:
            await self._tell({"kind": "refused", "text": str(exc)})
        except caps.CapReached as exc:
            await self._tell({"kind": "refused", "text": exc.message})
        except Exception:
            logger.exception("A comparison failed")
            await self._tell({"kind": "refused", "text": str(OUR_FAULT)})
        await self._tell({"kind": "over"})

    async def _stop(self) -> None:
        task = self._running
        if task is None or task.done():
            return
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
        await self._tell({"kind": "over"})

    async def _tell(self, frame: Frame) -> None:
        words = json.dumps(frame, separators=(",", ":"), ensure_ascii=False)
        with suppress(ClientDisconnected, RuntimeError):  # the page has just left
            await self.send(text_data=words)


def _read(text: str | None) -> dict[str, Any]:
    """The frame; an empty one for anything that is none."""
    if text is None or len(text) > FRAME_CHARS:
        return {}
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def _uuid(frame: dict[str, Any]) -> UUID:
    try:
        return UUID(str(frame.get("id")))
    except ValueError as exc:
        raise comparing.NothingToCompare(comparing.NOT_FOUND) from exc


_active = database_sync_to_async(caps.active_user, thread_sensitive=False)
_question = database_sync_to_async(comparing.question, thread_sensitive=False)
_again = database_sync_to_async(comparing.again, thread_sensitive=False)
