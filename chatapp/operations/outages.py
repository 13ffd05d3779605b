"""Notices that the memory service is back, so that no person's turn has to find out.

Runs beside the web server for its circuit breaker, and beside the worker, where it also
brings the jobs back that waited for the service or for a blocked account.
"""

from __future__ import annotations

import asyncio
import logging

from channels.db import database_sync_to_async

from chatapp import wiring
from chatapp.conversations import tasks
from chatapp.memories import pause, queue
from chatapp.memories.models import Anchor
from memory.errors import MemoryAPIError, MemoryUnavailable

logger = logging.getLogger(__name__)
LOOK_EVERY_S = 0.5
UNJUMP_EVERY = 6
"""Every so many looks, jobs are looked for that a jump of the clock has put off."""
PROBE_WITHIN_S = 2.0
QUESTION = "Does the memory service answer?"


async def watch_breaker() -> None:
    """Try an open breaker as soon as it lets anybody, until cancelled."""
    while True:
        try:
            if wiring.BREAKER.probe_due:
                await probe()
        except Exception:
            # Most likely the database: an open breaker must not stay open for ever.
            logger.exception("Trying the memory service failed")
        await asyncio.sleep(LOOK_EVERY_S)


async def watch_jobs() -> None:
    """Bring waiting jobs back when what they wait for is over, until cancelled."""
    back = asyncio.Event()
    back.set()  # an earlier worker may have ended in mid-outage
    wiring.BREAKER.heard = back.set
    rounds = 1
    while True:
        try:
            if wiring.BREAKER.probe_due:
                await probe()
            if back.is_set():
                back.clear()
                await _wake()
            if await _claim_probe() and await admitted():
                await _resume()
            if rounds % UNJUMP_EVERY == 0:
                await _unjump()
            rounds += 1
            await _release()  # a job may have gone aside just when the pause ended
        except Exception:
            logger.exception("Bringing waiting jobs back failed")
        await asyncio.sleep(LOOK_EVERY_S)


async def admitted() -> bool:
    """Whether the service answers and neither refuses the key nor the account."""
    problem = await probe()
    return not isinstance(problem, (MemoryUnavailable, *pause.BLOCKS))


async def probe() -> MemoryAPIError | None:
    """One call that changes nothing, on an anchor of ours where there is one."""
    memory, anchor = wiring.memory_client(), await _some_anchor()
    try:
        if anchor:
            await memory.recall(anchor, QUESTION, limit=1, timeout=PROBE_WITHIN_S)
        else:
            await memory.recall_user(
                QUESTION,
                anchor_id="probe",
                session_id="probe",
                limit=1,
                timeout=PROBE_WITHIN_S,
            )
    except MemoryAPIError as exc:
        return exc
    return None


def _some_anchor_now() -> str:
    known = Anchor.objects.exclude(maas_id="").order_by("pk")
    return known.values_list("maas_id", flat=True).first() or ""


_some_anchor = database_sync_to_async(_some_anchor_now, thread_sensitive=False)
_wake = database_sync_to_async(queue.wake, thread_sensitive=False)
_release = database_sync_to_async(queue.release, thread_sensitive=False)
_unjump = database_sync_to_async(tasks.unjump, thread_sensitive=False)
_resume = database_sync_to_async(pause.resume, thread_sensitive=False)
_claim_probe = database_sync_to_async(pause.claim_probe, thread_sensitive=False)
