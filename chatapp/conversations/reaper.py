"""Finds what nobody works on any more: replies whose process died, turns without a job.

The heartbeat of a running reply is written every 150 ms; one that has been silent for
`DEAD_S`, and for a round of ours beyond that, has nobody who writes it: it is marked
interrupted, with its text. The round is for the end of an outage of the database, when
all heartbeats are old and their processes alive. An ended
turn that was not learnt and has no job (its row was lost, or ended with a fault that
could not be written down) gets one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from chatapp.conversations import context, tasks
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import RUNNING, Generation, Status
from chatapp.conversations.runner import RUNNER
from chatapp.memories import queue, records

logger = logging.getLogger(__name__)
DEAD_S = 8.0
EVERY_S = 2.0
LEARN_EVERY = 15
"""Every so many rounds, turns without a job are looked for."""
FORGOTTEN_S = 60.0
"""How long ago a turn must have ended to be looked for: its job comes with its end."""
AT_ONCE = 200
LEARN_LOCK = 7_391_604
"""An advisory lock of PostgreSQL, of our choosing."""
CUT_OFF = gettext_noop(
    "This reply was cut off when its server stopped. What was written is kept."
)


async def watch() -> None:
    """Look every few seconds until cancelled; no fault ends it."""
    rounds = 0
    before: Mapping[UUID, datetime] = {}
    while True:
        try:
            silent = await _silent(RUNNER.writes())
            dead = [pk for pk, beat in silent.items() if before.get(pk) == beat]
            if dead:
                await _interrupt(dead)
            before = silent
            if rounds % LEARN_EVERY == 0:
                await _learn_forgotten()
        except Exception:
            # Whatever it was, most likely the database: replies must not stay dead.
            before = {}
            logger.exception("Looking for dead replies failed, trying again")
        rounds += 1
        await asyncio.sleep(EVERY_S)


def silent(alive: Collection[UUID] = ()) -> Mapping[UUID, datetime]:
    """Running replies whose last heartbeat is old, and when that was.

    `alive` are written by this process, however long ago: after a pause of the whole
    machine its heartbeats are as old as everybody's.
    """
    now, long = timezone.now(), timedelta(seconds=DEAD_S)
    # One in the future is of a clock that has been set back since.
    old = Q(heartbeat_at__lt=now - long) | Q(heartbeat_at__gt=now + long)
    found = Generation.objects.filter(old, status__in=RUNNING)
    return dict(found.exclude(pk__in=alive).values_list("pk", "heartbeat_at"))


def interrupt(dead: Collection[UUID]) -> int:
    """Mark these interrupted, with their text; returns how many that were."""
    found = Generation.objects.filter(pk__in=dead, status__in=RUNNING)
    rows = found.select_related("conversation__user", "conversation__character")
    return sum(_interrupted(generation) for generation in rows)


def end(generation: Generation, status: Status, problem: str = "") -> bool:
    """End a reply with the text that its log holds; False if it had ended before.

    Whoever writes it, if somebody does, notices with the next flush.
    """
    with transaction.atomic():
        pieces = generation.events.order_by("seq").values_list("text", flat=True)
        conversation = generation.conversation
        anchor = context.anchor_of(conversation)
        return finish(
            generation, anchor.pk, Ended(status, "".join(pieces), problem=problem)
        )


def _interrupted(generation: Generation) -> bool:
    try:
        return end(generation, Status.INTERRUPTED, CUT_OFF)
    except Exception:
        # One that can not be ended must not keep the others from it.
        logger.exception("The dead reply %s could not be ended", generation.pk)
        return False


def learn_forgotten() -> int:
    """Give each ended turn that is neither learnt nor has a job a new one.

    A reply that is on no path is learnt when it is chosen again. Of several processes
    one looks at a time, so that the next one finds the jobs of the first.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LEARN_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        long_ago = timezone.now() - timedelta(seconds=FORGOTTEN_S)
        turns = queue.without_job(long_ago, limit=AT_ONCE)
        records.take_back_left_behind([generation_id for generation_id, _ in turns])
        for generation_id, anchor_id in turns:
            logger.warning("Turn %s had no job to be learnt by", generation_id)
            tasks.defer_learning(generation_id, anchor_id, grace_s=0)
        return len(turns)


_silent = database_sync_to_async(silent, thread_sensitive=False)
_interrupt = database_sync_to_async(interrupt, thread_sensitive=False)
_learn_forgotten = database_sync_to_async(learn_forgotten, thread_sensitive=False)
