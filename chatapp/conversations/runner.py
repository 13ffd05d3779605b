"""Writes replies. A runner outlives the socket: closing the tab stops nothing.

One task per reply, held by a strong reference. It drives a `Writing`, hands every
piece to the live reply at once, and has the text written to the database at most
every `FLUSH_S`. Stop closes the model's stream and keeps what was written.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error
from django.utils.translation import gettext_noop

from chatapp.conversations import hub
from chatapp.conversations.ending import Ended
from chatapp.conversations.flushing import FLUSHES
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Status
from chatapp.conversations.turns import Begun
from chatapp.conversations.writing import Writing, ensure_anchor
from chatapp.memories import calls
from chatapp.memories.models import Anchor, TurnCall
from memory.errors import AnchorageError, MemoryAPIError

logger = logging.getLogger(__name__)
T = TypeVar("T")
FLUSH_S = 0.15
"""A kill -9 costs at most this much of what was shown."""
CLOSE_TRIES = 120
CLOSE_AGAIN_S = 0.5
"""A fault of less than a minute costs no text of an ended reply, whatever it is: until
it is written, this process alone has its last words."""
OUR_FAULT = gettext_noop(
    "Something went wrong on our side. What was written so far is kept."
)
RESTARTED = gettext_noop("The server was restarted while this was being written.")


class Runner:
    """All replies that this process is writing."""

    def __init__(self) -> None:
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._live: dict[UUID, LiveReply] = {}
        self._stopping: set[UUID] = set()
        self._opening: set[asyncio.Task[None]] = set()

    async def start(self, begun: Begun) -> None:
        """Begin to write; returns at once. Call it on the event loop that shall run it."""
        generation = begun.generation
        live = LiveReply(generation.pk, generation.conversation_id, begun.turn.so_far)
        self._live[generation.pk] = live
        task = asyncio.create_task(
            self._run(begun, live), name=f"reply {generation.pk}"
        )
        self._tasks[generation.pk] = task
        task.add_done_callback(lambda _: self._forget(generation.pk))
        hub.announce(live)

    async def open_anchor(self, anchor: Anchor, external_id: str, name: str) -> None:
        """Create the scope in the background: the first message need not wait for it."""
        task = asyncio.create_task(_try_anchor(anchor, external_id, name))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def stop(self, generation_id: UUID) -> bool:
        """End a reply now, keeping its text; False if it is not written here."""
        task = self._tasks.get(generation_id)
        if task is None:
            return False
        self._stopping.add(generation_id)
        task.cancel()
        return True

    def live(self, generation_id: UUID) -> LiveReply | None:
        """The growing text, when this process writes it."""
        return self._live.get(generation_id)

    def writes(self) -> frozenset[UUID]:
        """The replies that this process is writing."""
        return frozenset(self._tasks)

    async def drain(self, seconds: float) -> None:
        """Let running replies end by themselves, then interrupt the rest."""
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=5)
        for opening in tuple(self._opening):
            opening.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)

    def _forget(self, generation_id: UUID) -> None:
        self._tasks.pop(generation_id, None)
        self._live.pop(generation_id, None)
        self._stopping.discard(generation_id)

    async def _run(self, begun: Begun, live: LiveReply) -> None:
        writing = Writing(begun, live)
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        flusher = asyncio.create_task(self._flush(writing, over))
        try:
            await writing.run()
            ended = writing.ended(Status.COMPLETE)
        except AnchorageError as exc:
            ended = writing.ended(Status.FAILED, exc.user_message, str(exc))
        except asyncio.CancelledError:
            if begun.generation.pk in self._stopping:
                ended = writing.ended(Status.STOPPED)
            else:
                ended = writing.ended(Status.INTERRUPTED, RESTARTED)
        except Exception as exc:
            logger.exception("Reply %s failed", begun.generation.pk)
            ended = writing.ended(Status.FAILED, OUR_FAULT, repr(exc)[:500])
        over.set_result(None)
        FLUSHES.leave_out(writing)
        finishing = asyncio.create_task(self._finish(writing, ended, flusher))
        while not finishing.done():
            # A second cancellation must not lose the text.
            with suppress(asyncio.CancelledError):
                await asyncio.shield(finishing)

    async def _finish(
        self, writing: Writing, ended: Ended, flusher: asyncio.Task[None]
    ) -> None:
        # Two writers at once would trip over each other.
        await asyncio.gather(flusher, return_exceptions=True)
        try:
            await _close(writing, ended)
        except Exception:
            # The reaper finds the rows and marks them interrupted, with their text.
            logger.exception(
                "Reply %s could not be closed", writing.begun.generation.pk
            )
        finally:
            writing.live.end()
        # Behind the end that the person waits for.
        await in_thread(
            calls.keep, writing.begun.generation.pk, TurnCall.Half.ANSWER, writing.calls
        )

    async def _flush(self, writing: Writing, over: asyncio.Future[None]) -> None:
        while not await happened(over, FLUSH_S):
            try:
                stop = await FLUSHES.flush(writing)
            except Error as exc:
                logger.warning("A flush failed, trying again: %s", exc)
                continue
            if stop:
                await self.stop(writing.begun.generation.pk)


async def _close(writing: Writing, ended: Ended) -> None:
    for _ in range(CLOSE_TRIES):
        try:
            return await in_thread(writing.close, ended)
        except Exception as exc:  # noqa: BLE001 - the job library names them anew
            logger.warning("A reply's end could not be written, trying again: %r", exc)
        await asyncio.sleep(CLOSE_AGAIN_S)
        with suppress(Exception):
            # Where only the end can not be written, the words are safe all the same.
            await in_thread(writing.flush)
    return await in_thread(writing.close, ended)


async def _try_anchor(anchor: Anchor, external_id: str, name: str) -> None:
    try:
        await ensure_anchor(anchor, external_id, name)
    except (MemoryAPIError, Anchor.DoesNotExist, Error) as exc:
        # The first message tries again, and its turn says so if that fails too.
        logger.warning("The anchor was not created yet: %s", exc)


async def happened(event: asyncio.Future[None], seconds: float) -> bool:
    """Whether the event came within that time.

    Waits in vain seven times a second for each reply: an `asyncio.timeout`, which ends
    by an exception, takes five times as much.
    """
    loop = asyncio.get_running_loop()
    waiting = loop.create_future()

    def wake(_: object = None) -> None:
        if not waiting.done():
            waiting.set_result(None)

    timer = loop.call_later(seconds, wake)
    event.add_done_callback(wake)
    try:
        await waiting
    finally:
        timer.cancel()
        event.remove_done_callback(wake)
    return event.done()


async def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Database work of a runner: one function per hop, its connection given back."""
    return await database_sync_to_async(function, thread_sensitive=False)(*args)


RUNNER = Runner()
"""The runner of this process."""
