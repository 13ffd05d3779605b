"""The text of a reply that another process writes, read from its event log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from channels.db import database_sync_to_async

from chatapp.conversations.live import Delta
from chatapp.conversations.models import Generation
from chatapp.conversations.tasks import AWAY

logger = logging.getLogger(__name__)
LOG_S = 0.25
"""How often the log is read."""


@dataclass(frozen=True)
class Logged:
    """What the log got since; `ended` holds the whole text of a reply that has ended."""

    pieces: tuple[tuple[int, str], ...] = ()
    ended: str | None = None


async def follow_log(generation_id: UUID, offset: int) -> AsyncIterator[Delta]:
    """All text from `offset` on, until the reply has ended or was deleted."""
    seq, known = 0, 0
    while True:
        logged = await _patiently(generation_id, seq)
        for number, text in logged.pieces:
            begins, known, seq = known, known + len(text), number
            if known > offset:
                yield Delta(max(begins, offset), text[max(0, offset - begins) :])
                offset = known
        if logged.ended is not None:
            if offset < len(logged.ended):
                yield Delta(offset, logged.ended[offset:])
            return
        await asyncio.sleep(LOG_S)


async def _patiently(generation_id: UUID, after: int) -> Logged:
    while True:
        try:
            return await _logged(generation_id, after)
        except AWAY as exc:
            logger.warning("A reply's log could not be read, trying again: %s", exc)
            await asyncio.sleep(LOG_S)


def _logged_now(generation_id: UUID, after: int) -> Logged:
    generation = (
        Generation.objects.select_related("message").filter(pk=generation_id).first()
    )
    if generation is None:
        return Logged(ended="")
    if not generation.running:
        return Logged(ended=generation.message.text)
    newer = generation.events.filter(seq__gt=after).order_by("seq")
    return Logged(tuple(newer.values_list("seq", "text")))


_logged = database_sync_to_async(_logged_now, thread_sensitive=False)
