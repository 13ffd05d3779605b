"""Writes replies. A runner outlives the socket: closing the tab stops nothing.

One task per reply, held by a strong reference. It drives `memory.turn.answer`, hands
every piece to the live reply at once, and writes the text to the database at most
every `FLUSH_S`. Stop closes the model's stream and keeps what was written.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.conversations import hub, tasks
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import (
    RUNNING,
    Generation,
    GenerationEvent,
    Status,
)
from chatapp.conversations.turns import Begun, Ended, finish
from chatapp.memories import anchors, records
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.models import Anchor
from memory import events
from memory.errors import (
    AnchorageError,
    MemoryAPIError,
    MemoryNotFound,
    MemoryUnavailable,
)
from memory.llm import ChatModel
from memory.prompt import Prompt
from memory.recall import Recollection
from memory.reply import Reply
from memory.turn import Turn, answer

logger = logging.getLogger(__name__)
T = TypeVar("T")
FLUSH_S = 0.15
"""A kill -9 costs at most this much of what was shown."""
RENEW_S = 5.0
OUR_FAULT = "Something went wrong on our side. What was written so far is kept."
RESTARTED = "The server was restarted while this was being written."


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
        live = LiveReply(generation.pk, generation.conversation_id)
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

    async def drain(self, seconds: float) -> None:
        """Let running replies end by themselves, then interrupt the rest."""
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=5)

    def _forget(self, generation_id: UUID) -> None:
        self._tasks.pop(generation_id, None)
        self._live.pop(generation_id, None)
        self._stopping.discard(generation_id)

    async def _run(self, begun: Begun, live: LiveReply) -> None:
        writing = Writing(begun, live)
        over = asyncio.Event()
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
        over.set()
        finishing = asyncio.create_task(self._finish(writing, ended, flusher))
        while not finishing.done():
            # A second cancellation must not lose the text.
            with suppress(asyncio.CancelledError):
                await asyncio.shield(finishing)

    async def _finish(
        self, writing: Writing, ended: Ended, flusher: asyncio.Task[None]
    ) -> None:
        try:
            await flusher  # two writers at once would trip over each other
            await in_thread(writing.close, ended)
        except Exception:
            # The reaper finds the rows and marks them interrupted, with their text.
            logger.exception(
                "Reply %s could not be closed", writing.begun.generation.pk
            )
        finally:
            writing.live.end()

    async def _flush(self, writing: Writing, over: asyncio.Event) -> None:
        renewed = time.monotonic()
        while not await happened(over, FLUSH_S):
            try:
                stop = await in_thread(writing.flush)
            except DatabaseError as exc:
                logger.warning("A flush failed, trying again: %s", exc)
                continue
            if stop:
                await self.stop(writing.begun.generation.pk)
            if time.monotonic() - renewed > RENEW_S:
                renewed = time.monotonic()
                if await in_thread(caps.renew, [writing.begun.generation.pk]):
                    await self.stop(writing.begun.generation.pk)


class Writing:
    """One reply in the making: the turn's events become text, rows and a record."""

    def __init__(self, begun: Begun, live: LiveReply) -> None:
        self.begun = begun
        self.live = live
        self._began = time.perf_counter()
        self._sent_at = self._began
        self._recollection = Recollection()
        self._prompt: Prompt | None = None
        self._reply: Reply | None = None
        self._recall_ms = 0.0
        self._prompt_ms = 0.0
        self._first_token_at: Any = None
        self._flushed = 0
        self._seq = 0
        self._recorded = False

    async def run(self) -> None:
        """Drive the turn to its end; raises ModelError."""
        turn, memory = await self._anchored()
        ledger = SiteLedger(self.begun.anchor.pk, self.begun.carried)
        llm: ChatModel = wiring.chat_model()
        async with aclosing(
            answer(turn, memory=memory, llm=llm, ledger=ledger)
        ) as happening:
            async for event in happening:
                self._take(event)

    async def _anchored(self) -> tuple[Turn, Any]:
        memory = wiring.memory_client()
        turn = self.begun.turn
        if turn.anchor_id is not None:
            return turn, memory
        begun = self.begun
        try:
            async with asyncio.timeout(turn.deadline):
                maas_id = await ensure_anchor(
                    begun.anchor, turn.user_external_id, begun.anchor_name
                )
        except MemoryAPIError as exc:
            return replace(turn, unreachable=exc), memory
        except TimeoutError:
            late = MemoryUnavailable(
                "creating the anchor took longer than the deadline"
            )
            return replace(turn, unreachable=late), memory
        return replace(turn, anchor_id=maas_id), memory

    def _take(self, event: events.Answering) -> None:
        match event:
            case events.Recalled(recollection):
                self._recollection = recollection
                self._recall_ms = (time.perf_counter() - self._began) * 1000
            case events.Prompted(prompt):
                self._prompt = prompt
                self._sent_at = time.perf_counter()
                self._prompt_ms = (self._sent_at - self._began) * 1000 - self._recall_ms
            case events.Token(text):
                if self._first_token_at is None:
                    self._first_token_at = timezone.now()
                self.live.append(text)
            case events.Replied(reply):
                self._reply = reply

    def ended(self, status: Status, problem: str = "", detail: str = "") -> Ended:
        """How it ended, in one value."""
        reply = self._reply
        return Ended(
            status=status,
            text=self.live.text,
            citations=reply.citations if reply else (),
            finish=reply.finish if reply else "",
            prompt_tokens=reply.prompt_tokens if reply else None,
            completion_tokens=reply.completion_tokens if reply else None,
            problem=problem,
            detail=detail,
            reply_ms=(time.perf_counter() - self._sent_at) * 1000,
        )

    def flush(self) -> bool:
        """Write what is new; True when another process asked to stop."""
        with transaction.atomic():
            self._record()
            text = self.live.text
            if len(text) > self._flushed:
                self._seq += 1
                GenerationEvent.objects.create(
                    generation=self.begun.generation,
                    seq=self._seq,
                    text=text[self._flushed :],
                )
                self._flushed = len(text)
            mine = Generation.objects.filter(
                pk=self.begun.generation.pk, status__in=RUNNING
            )
            mine.update(
                status=Status.STREAMING if text else Status.PENDING,
                seq=self._seq,
                heartbeat_at=timezone.now(),
                first_token_at=self._first_token_at,
            )
        return mine.filter(stop_requested=True).exists()

    def close(self, ended: Ended) -> None:
        """Write the end of the reply, with its record."""
        with transaction.atomic():
            self._record()
            Generation.objects.filter(pk=self.begun.generation.pk).update(
                first_token_at=self._first_token_at
            )
            finish(self.begun.generation, self.begun.anchor.pk, ended)
            if isinstance(self._recollection.failure, MemoryNotFound):
                # The service does not know our anchor: make it again, once.
                tasks.defer_renewal(self.begun.anchor.pk, self.begun.anchor.maas_id)

    def _record(self) -> None:
        if self._recorded or self._prompt is None:
            return
        records.open_record(
            self.begun.generation.pk,
            self.begun.anchor.pk,
            records.Recorded(
                self._recollection, self._prompt, self._recall_ms, self._prompt_ms
            ),
        )
        self._recorded = True


async def ensure_anchor(anchor: Anchor, external_id: str, name: str) -> str:
    """The service's id of this anchor; raises MemoryAPIError."""
    return await anchors.ensure(
        anchor.pk,
        name=name,
        told=anchors.metadata(anchor.lane, external_id, anchor.key),
        memory=wiring.memory_client(),
    )


async def _try_anchor(anchor: Anchor, external_id: str, name: str) -> None:
    try:
        await ensure_anchor(anchor, external_id, name)
    except MemoryAPIError as exc:
        # The first message tries again, and its turn says so if that fails too.
        logger.warning("The anchor was not created yet: %s", exc)


async def happened(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came within that time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Database work of a runner: one function per hop, its connection given back."""
    return await database_sync_to_async(function, thread_sensitive=False)(*args)


RUNNER = Runner()
"""The runner of this process."""

DRAIN_S = 20.0 if not settings.DEBUG else 1.0
