"""How a learner's knowledge moved: one point for each piece that moved it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chatapp.accounts.models import User
from tutor.learner.reading import counted, rules
from tutor.learner.replay import Replay
from tutor.models import Course


@dataclass(frozen=True)
class Point:
    """A concept right behind one piece of evidence. Nothing here ever falls with time."""

    at: datetime
    concept: str
    mean: float
    cautious: float
    confidence: float
    mastered: bool
    evidence: int


def progress(user: User, course: Course) -> list[Point]:
    """All points in the order of time."""
    replay, points = Replay(rules()), []
    for row in counted(user, course):
        piece = row.piece()
        before = replay.mastery.get(piece.concept)
        replay.take(piece)
        after = replay.mastery.get(piece.concept)
        if after is not None and after != before:
            points.append(
                Point(
                    at=piece.at,
                    concept=piece.concept,
                    mean=after.beta.mean,
                    cautious=after.beta.cautious,
                    confidence=after.beta.confidence,
                    mastered=after.is_open,
                    evidence=piece.id,
                )
            )
    return points
