"""What is to be taken up again, and when: scheduled, raised once, done or cancelled.

Here are only moments; `days` makes them of the learner's days. A follow-up counts while
the words that it came from stand.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.conversations.models import Message
from tutor.learner.observing import QUOTE_CHARS, recompute
from tutor.learner.reading import open_follow_ups
from tutor.models import Course
from tutor.models.learner import FollowUp


def due(user: User, now: datetime, course: Course | None = None) -> list[FollowUp]:
    """What is due and still open, the longest overdue first."""
    rows = open_follow_ups(user).filter(due_at__lte=now)
    if course is not None:
        rows = rows.filter(course=course)
    return list(rows.select_related("course"))


def schedule(
    user: User,
    course: Course,
    text: str,
    due_at: datetime,
    *,
    now: datetime,
    concept: str = "",
    misconception: str = "",
    item: str = "",
    quote: str = "",
    message: Message | None = None,
    record_id: int | None = None,
) -> FollowUp:
    """Have it taken up again; the same thing that is open already only moves.

    It becomes an atom when there are literal words of the learner's for it.
    """
    with transaction.atomic():
        same = open_follow_ups(user).filter(
            course=course, concept=concept, misconception=misconception, item=item
        )
        if not (concept or misconception or item):
            same = same.filter(text=text)
        row = same.first() or FollowUp(
            learner=user,
            course=course,
            concept=concept,
            misconception=misconception,
            item=item,
            created_at=now,
        )
        row.text, row.due_at, row.raised_at = text[:QUOTE_CHARS], due_at, None
        row.quote, row.message = quote or row.quote, message or row.message
        row.save()
        recompute(user, course, now, record_id=record_id)
    return row


def raised(follow_up_id: UUID, now: datetime) -> bool:
    """Note that a lesson has taken it up; False when one did before."""
    row = FollowUp.objects.filter(pk=follow_up_id, raised_at=None)
    return bool(row.update(raised_at=now))


def done(follow_up_id: UUID, now: datetime) -> None:
    """It was answered; again changes nothing."""
    _end(follow_up_id, FollowUp.Status.DONE, now)


def cancelled(follow_up_id: UUID, now: datetime) -> None:
    """It is not wanted any more; again changes nothing."""
    _end(follow_up_id, FollowUp.Status.CANCELLED, now)


def _end(follow_up_id: UUID, status: FollowUp.Status, now: datetime) -> None:
    with transaction.atomic():
        rows = FollowUp.objects.select_for_update(no_key=True, of=("self",))
        row = rows.select_related("learner", "course").get(pk=follow_up_id)
        if row.status != FollowUp.Status.OPEN:
            return
        row.status, row.ended_at = status, now
        row.save(update_fields=["status", "ended_at"])
        recompute(row.learner, row.course, now)
