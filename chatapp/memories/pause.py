"""Learning stops while the memory account is blocked, for all anchors at once.

A blocked account (402) or a refused key fails every call alike: one such answer is
enough. Jobs are then set aside until a probe, or an operator, finds the account active
again; nothing is lost meanwhile.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chatapp.memories import queue
from chatapp.memories.models import Pause
from memory.errors import AccessDenied, BillingBlocked, MemoryAPIError

logger = logging.getLogger(__name__)
BLOCKS = (BillingBlocked, AccessDenied)
"""Answers that are about the account or the key, and not about the call."""


class Paused(Exception):
    """Memory is paused: the job waits, and no call is made for it."""


def paused() -> Pause | None:
    """Since when and why, or None when all is well."""
    return Pause.objects.filter(pk=Pause.ONLY).first()


def pause(error: MemoryAPIError) -> None:
    """Stop learning until somebody has settled what the service complains of."""
    with transaction.atomic():
        _, fresh = Pause.objects.get_or_create(
            pk=Pause.ONLY, defaults={"reason": str(error), "told": error.user_message}
        )
        parked = queue.park()
    if fresh:
        logger.error("Memory is paused, %d jobs are set aside: %s", parked, error)


def resume() -> int:
    """Go on with everything that was set aside, in its order; returns how many jobs."""
    with transaction.atomic():
        ended, _ = Pause.objects.filter(pk=Pause.ONLY).delete()
        released = queue.release()
    if ended:
        logger.warning("Memory goes on: %d jobs come back", released)
    return released


def claim_probe() -> bool:
    """Whether it is this process's turn to ask the service again."""
    now = timezone.now()
    before = now - timedelta(seconds=settings.MEMORY_PROBE_S)
    # A probe in the future was made by a clock that has been set back since.
    due = Q(probed_at__lte=before) | Q(probed_at__gt=now)
    return bool(Pause.objects.filter(due, pk=Pause.ONLY).update(probed_at=now))
