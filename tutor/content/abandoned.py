"""Removes courses that nobody owns and nobody learns in any more."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tutor.models import Course
from tutor.models.owning import used


def sweep(**_: Any) -> None:
    """Receiver of `post_delete` of a person: the last learner may have been theirs.

    Behind the transaction, when their lessons are gone too.
    """
    transaction.on_commit(remove_abandoned)


def remove_abandoned() -> int:
    """Remove them with their tutors; returns how many there were."""
    with transaction.atomic():
        rows = Course.objects.filter(brought=True, owner=None).exclude(used())
        found = list(rows.select_related("tutor").defer("files"))
        for course in found:
            course.delete()
            course.tutor.delete()
    return len(found)
