"""A graded answer, or a shown one, as evidence: what the practice card calls.

An answer that could not be read as one is no evidence, and moves no number.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chatapp.accounts.models import User
from chatapp.conversations.models import Message
from tutor.content.course import Item
from tutor.content.grading import Verdict
from tutor.learner.evidence import Kind
from tutor.learner.observing import Observed, Seen, observe
from tutor.models import Course


def answered(
    user: User,
    course: Course,
    item: Item,
    verdict: Verdict,
    answer: str,
    *,
    at: datetime,
    question: UUID,
    hints: int = 0,
    explained: bool = False,
    message: Message | None = None,
) -> Observed | None:
    """Take one graded answer in; None if it was not readable.

    `question` is the question as it was posed: it counts once, however often its
    answer arrives. A second attempt at the same item is another question, and counts
    as helped. `hints` is the level of the ladder that was reached.
    """
    if not verdict.readable:
        return None
    seen = Seen(
        concept=item.concept,
        kind=Kind.CHOICE if item.kind == "choice" else Kind.OPEN,
        at=at,
        ok=verdict.right,
        hints=hints,
        item=item.slug,
        question=question,
        misconception=verdict.misconception or "",
        exposes=sorted(item.exposes),
        explained=explained,
        quote=answer.strip(),
        message=message,
    )
    return observe(user, course, seen)


def revealed(
    user: User,
    course: Course,
    item: Item,
    *,
    at: datetime,
    question: UUID,
    message: Message | None = None,
) -> Observed:
    """The answer was shown: no success, and due again the next day."""
    seen = Seen(
        concept=item.concept,
        kind=Kind.REVEALED,
        at=at,
        item=item.slug,
        question=question,
        message=message,
    )
    return observe(user, course, seen)
