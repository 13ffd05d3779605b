"""Characters and personas that were deleted: back for a while, and then purged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

AT_ONCE = 50
Row = TypeVar("Row", bound=Model)


def purge_before() -> datetime:
    """What was deleted before this moment is purged."""
    return timezone.now() - timedelta(days=settings.DELETED_CHARACTER_DAYS)


def purge_each(rows: QuerySet[Row], purge: Callable[[Row], None]) -> int:
    """Call `purge` with each of `rows` whose time is over; returns how many.

    The longest deleted first, at most `AT_ONCE`, each in its own transaction.
    """
    due = rows.filter(deleted_at__lt=purge_before(), purged_at=None)
    ids = list(due.order_by("deleted_at").values_list("pk", flat=True)[:AT_ONCE])
    purged = 0
    for pk in ids:
        with transaction.atomic():
            # Whoever brings it back holds this row: then it is due no more.
            row = due.select_for_update().filter(pk=pk).first()
            if row is not None:
                purge(row)
                purged += 1
    return purged
