"""When something is due again: fsrs, one card per concept or misconception.

Due times are whole days, so that nothing comes back in the sitting in which it was
answered. A miss is never "hard": that grade would lengthen the interval.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fsrs import Card, Rating, Scheduler

from tutor.learner.evidence import SITTING, Kind, Piece

SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
CARD = 1
"""Cards are told apart by what they belong to; without an id the constructor sleeps."""


def rating_of(piece: Piece, hints: int) -> Rating | None:
    """How an answer is graded for scheduling; None when it is no review."""
    if piece.kind is Kind.REVEALED:
        return Rating.Again
    if not piece.graded or piece.ok is None:
        return None
    if not piece.ok:
        return Rating.Again
    if hints:
        return Rating.Hard
    return Rating.Easy if piece.explained else Rating.Good


class Retention:
    """One fsrs card with its reviews, in the order of time."""

    def __init__(self) -> None:
        self._card: Card | None = None
        self._last: tuple[datetime, Rating] | None = None

    def review(self, rating: Rating, at: datetime) -> None:
        """One more answer. Within a sitting only the first counts, and the first miss."""
        if self._last is not None:
            before, was = self._last
            same = at - before < SITTING
            if same and (rating != Rating.Again or was == Rating.Again):
                return
        at = at.astimezone(UTC)  # the library takes no other zone
        card = self._card or Card(card_id=CARD, due=at)
        self._card, _ = SCHEDULER.review_card(card, rating, at)
        self._last = at, rating

    @property
    def due_at(self) -> datetime | None:
        """When it is to be asked again; None before the first review."""
        return self._card.due if self._card else None

    @property
    def stability(self) -> float | None:
        """Days until recall has fallen to 90 %."""
        return self._card.stability if self._card else None

    def retrievability(self, now: datetime) -> float:
        """P(recalled now); 1 while there was no review to forget from."""
        if self._card is None:
            return 1.0
        at = now.astimezone(UTC)
        return float(SCHEDULER.get_card_retrievability(self._card, at))
