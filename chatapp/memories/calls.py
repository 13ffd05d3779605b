"""The calls that a turn made, kept for the inspector; written when the person waits no more.

They say what happened and decide nothing: a process that dies between a call and its
row costs the row alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from chatapp.memories.models import TurnCall
from chatapp.pipeline import pipeline, tell
from memory.observe import Seen, observing

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)
MOST = 60
"""Calls of one turn that are kept: an outage makes one for each try."""
AT_ONCE = 2_000
# Each row in a statement of its own: the ORM sends several as arrays, and quoting bodies
# for those took a tenth of the web process's time.
KEEP = f"""
    INSERT INTO memories_turncall
           (record_id, half, service, method, url, status, error, attempt, began_at, ms,
            first_ms, request, request_size, response, response_size)
    SELECT record.id, %(half)s, %(service)s, %(method)s, %(url)s, %(status)s, %(error)s,
           %(attempt)s, %(began_at)s, %(ms)s, %(first_ms)s, %(request)s,
           %(request_size)s, %(response)s, %(response_size)s
    FROM memories_turnrecord AS record
    WHERE record.generation_id = %(generation)s
      AND (SELECT count(*) FROM memories_turncall AS call
           WHERE call.record_id = record.id) < {MOST}
"""


@contextmanager
def watched() -> Iterator[list[Seen]]:
    """The calls made inside, in this task, in their order; none when none are kept."""
    seen: list[Seen] = []
    with observing(seen.append if settings.INSPECTOR_DAYS else None):
        yield seen


def keep(generation_id: UUID, half: TurnCall.Half, seen: Sequence[Seen]) -> None:
    """Write them to the turn's record, if it has one; never raises for a fault of ours."""
    if not seen:
        return
    try:
        with pipeline():
            for call in seen[:MOST]:
                tell(KEEP, {"generation": generation_id, **_row(half, call)})
    except Exception:
        # The reply and what is learnt from it stand, whatever happens to this.
        logger.exception("The calls of turn %s were not kept", generation_id)


def _row(half: TurnCall.Half, seen: Seen) -> dict[str, Any]:
    return {
        "half": half,
        "service": seen.service,
        "method": seen.method,
        "url": seen.url,
        "status": seen.status,
        "error": (seen.error or "")[:60],
        "attempt": seen.attempt,
        "began_at": _moment(seen.began),
        "ms": seen.seconds * 1000,
        "first_ms": None if seen.first_seconds is None else seen.first_seconds * 1000,
        "request": seen.request(),
        "request_size": seen.request_size,
        "response": seen.response(),
        "response_size": seen.response_size,
    }


def _moment(began: float) -> datetime:
    """A moment of `time.perf_counter`'s clock as a date."""
    return timezone.now() - timedelta(seconds=time.perf_counter() - began)


def sweep() -> int:
    """Remove the oldest of them; returns how many."""
    before = timezone.now() - timedelta(days=settings.INSPECTOR_DAYS)
    old = TurnCall.objects.filter(began_at__lt=before).order_by("began_at")
    removed = 0
    while ids := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        removed += TurnCall.objects.filter(pk__in=ids).delete()[0]
    return removed
