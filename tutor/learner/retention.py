"""When something is due again: fsrs, one card per concept or misconception.

The library counts the learner's days and no hours: what was answered on Monday night
and is due in two days is due on Wednesday morning, so nothing comes back in the sitting
in which it was answered, and nothing waits for an hour of the day. A miss is never
"hard": that grade would lengthen the interval.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any, cast

from fsrs import Card, Rating, Scheduler

from tutor.learner.days import begin, day_of
from tutor.learner.evidence import SITTING, Kind, Piece

if TYPE_CHECKING:
    from fsrs.card import CardDict

SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
CARD = 1
"""Cards are told apart by what they belong to; without an id the constructor sleeps."""
MIDNIGHT = time(0, 0)


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
    """One fsrs card with its reviews, in the order of time, on the clock of `zone`."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._card: Card | None = None
        self._last: tuple[datetime, Rating] | None = None

    def review(self, rating: Rating, at: datetime) -> None:
        """One more answer. Within a sitting only the first counts, and the first miss."""
        if self._last is not None:
            before, was = self._last
            same = at - before < SITTING
            if same and (rating != Rating.Again or was == Rating.Again):
                return
        day = self._day(at)
        card = self._card or Card(card_id=CARD, due=day)
        self._card, _ = SCHEDULER.review_card(card, rating, day)
        self._last = at, rating

    @property
    def due_at(self) -> datetime | None:
        """When the day begins on which it is to be asked; None before a review."""
        return begin(self._card.due.date(), self._zone) if self._card else None

    @property
    def stability(self) -> float | None:
        """Days until recall has fallen to 90 %."""
        return self._card.stability if self._card else None

    def retrievability(self, now: datetime) -> float:
        """P(recalled now); 1 while there was no review to forget from."""
        if self._card is None:
            return 1.0
        day = self._day(now)
        return float(SCHEDULER.get_card_retrievability(self._card, day))

    def as_json(self) -> dict[str, Any] | None:
        """The card as plain values; which reviews made it is the evidence's to say."""
        return dict(self._card.to_dict()) if self._card else None

    @classmethod
    def kept(cls, card: dict[str, Any] | None, zone: tzinfo) -> Retention:
        """A card as `as_json` told it, to be asked; the next review is a replay's."""
        made = cls(zone)
        made._card = Card.from_dict(cast("CardDict", card)) if card else None
        return made

    def _day(self, moment: datetime) -> datetime:
        """The learner's day as the library takes it: the midnight of its date in UTC."""
        return datetime.combine(day_of(moment, self._zone), MIDNIGHT, UTC)
