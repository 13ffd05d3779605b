"""Writes what is new of all running replies of this process, in one statement.

Three hundred replies that are each flushed seven times a second would be two thousand
transactions; together they are twenty. A reply alone is written at once. One that is
locked, or that has ended elsewhere, does not keep the others waiting.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import Error, InterfaceError, OperationalError, connection
from django.utils import timezone

from chatapp.accounts import caps
from chatapp.conversations.writing import Due, Writing

logger = logging.getLogger(__name__)
GATHER_S = 0.05
"""At most so often; what wants to be written meanwhile goes together."""
RENEW_S = 5.0

FLUSH_ALL = """
    WITH new AS (
        SELECT * FROM unnest(
            %(ids)s::uuid[], %(statuses)s::text[], %(seqs)s::int[],
            %(firsts)s::timestamptz[], %(pieces)s::text[]
        ) AS new (id, status, seq, first_token_at, piece)
    ), free AS (
        SELECT id FROM conversations_generation
        WHERE id = ANY(%(ids)s::uuid[]) AND status IN ('pending', 'streaming')
        FOR NO KEY UPDATE SKIP LOCKED
    ), mine AS (
        UPDATE conversations_generation AS g
        SET status = new.status, seq = new.seq, heartbeat_at = %(now)s,
            first_token_at = new.first_token_at
        FROM new JOIN free USING (id) WHERE g.id = new.id
        RETURNING g.id, g.stop_requested
    ), logged AS (
        INSERT INTO conversations_generationevent (generation_id, seq, text)
        SELECT new.id, new.seq, new.piece FROM new JOIN mine USING (id)
        WHERE new.piece <> ''
        ON CONFLICT (generation_id, seq) DO UPDATE SET text = excluded.text
    )
    SELECT new.id, mine.stop_requested,
           coalesce(g.status IN ('pending', 'streaming'), false)
    FROM new LEFT JOIN mine USING (id)
    LEFT JOIN conversations_generation AS g ON g.id = new.id
"""


class Flushes:
    """All flushes of this process, a few times a second."""

    def __init__(self) -> None:
        self._waiting: dict[Writing, asyncio.Future[bool]] = {}
        self._task: asyncio.Task[None] | None = None

    async def flush(self, writing: Writing) -> bool:
        """Write what is new; True when it must stop. Raises `django.db.Error`."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[writing] = future
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="flush replies")
        return bool(await future)

    def leave_out(self, writing: Writing) -> None:
        """It has ended: what is not under way need not be written any more."""
        if (future := self._waiting.pop(writing, None)) and not future.done():
            future.set_result(False)

    async def _work(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._waiting:
            began = clock()
            batch, self._waiting = self._waiting, {}
            try:
                answers = await _in_thread(list(batch))
            except Exception as exc:  # noqa: BLE001 -- it belongs to those who wait
                answers = {writing: exc for writing in batch}
            for writing, future in batch.items():
                answer = answers[writing]
                if future.done():
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
            await asyncio.sleep(max(0.0, began + GATHER_S - clock()))


def flush_all(writings: Sequence[Writing]) -> dict[Writing, bool | Exception]:
    """Write each one's news; for each whether it must stop, or why it failed.

    Raises OperationalError and InterfaceError: then nothing more can be written now.
    """
    answers: dict[Writing, bool | Exception] = {}
    together = [writing for writing in writings if not writing.has_record_due]
    for writing in writings:
        if writing.has_record_due:  # once in a reply, in a transaction of its own
            answers[writing] = _alone(writing)
    try:
        answers |= _together([(writing, writing.due()) for writing in together])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Replies could not be written together")
        answers |= {writing: _alone(writing) for writing in together}
    disabled = _renewed(writings)
    return answers | dict.fromkeys(disabled, True)


def _alone(writing: Writing) -> bool | Exception:
    try:
        return writing.flush()
    except (OperationalError, InterfaceError):
        raise
    except Exception as exc:  # noqa: BLE001 -- it is this one's, and told to it
        return exc


def _together(news: Sequence[tuple[Writing, Due]]) -> dict[Writing, bool]:
    if not news:
        return {}
    values: dict[str, Any] = {
        "now": timezone.now(),
        "ids": [due.generation_id for _, due in news],
        "statuses": [due.status for _, due in news],
        "seqs": [due.seq for _, due in news],
        "firsts": [due.first_token_at for _, due in news],
        "pieces": [due.piece for _, due in news],
    }
    with connection.cursor() as cursor:
        cursor.execute(FLUSH_ALL, values)
        found: dict[UUID, tuple[bool | None, bool]] = {
            pk: (stop, running) for pk, stop, running in cursor.fetchall()
        }
    answers = {}
    for writing, due in news:
        stop, running = found[due.generation_id]
        if stop is not None:
            writing.written(due)
        # Not written though it runs: somebody holds its row, and it is tried again.
        answers[writing] = stop if stop is not None else not running
    return answers


def _renewed(writings: Sequence[Writing]) -> list[Writing]:
    """Keep the turns counted; returns those whose person was disabled."""
    now = time.monotonic()
    due = {
        writing.begun.generation.pk: writing
        for writing in writings
        if now - writing.renewed_at > RENEW_S
    }
    if not due:
        return []
    try:
        disabled = caps.renew(list(due))
    except Error as exc:
        logger.warning("Running turns could not be renewed, again: %s", exc)
        return []
    for writing in due.values():
        writing.renewed_at = now
    return [due[pk] for pk in disabled]


_in_thread = database_sync_to_async(flush_all, thread_sensitive=False)

FLUSHES = Flushes()
"""The flushes of this process."""
