"""One piece of evidence as the estimators read it: plain values, no database.

A row of `tutor.models.learner.Evidence` becomes one of these; a simulated learner makes
them directly. Everything that is believed of a learner is a function of a list of them
and the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SITTING = timedelta(hours=6)
"""What happens within this time is one sitting: repeats in it count once."""


class Kind(StrEnum):
    """What kind of thing was seen. Only graded kinds may open the gate of mastery.

    `STATED` is an error that the learner put in words, `ASSERTED` "I get it now",
    `STUCK` that they cannot go on, `APPROACH` a way of explaining and whether it
    helped, `DISPUTED` and `CONFIRMED` their word on what is believed of them.
    """

    OPEN = "open"
    CHOICE = "choice"
    JUDGED = "judged"
    INFERRED = "inferred"
    STATED = "stated"
    ASSERTED = "asserted"
    REVEALED = "revealed"
    STUCK = "stuck"
    APPROACH = "approach"
    GOAL = "goal"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"


GRADED = frozenset({Kind.OPEN, Kind.CHOICE})
"""Answers that the server graded: an open or numeric item, a choice of about four."""


@dataclass(frozen=True)
class Piece:
    """One piece of evidence, seen at `at` (a time with its zone).

    `ok` is whether it went well (None where that is no question); `hints` how many
    steps of the hint ladder were shown before it. `misconception` is the error that it
    showed or is about; `exposes` are those that a right answer speaks against, because
    the item would have shown them. `item` names what was asked. `explained`: the
    learner gave the reason, or used it elsewhere. `text` is a goal's text or an
    approach's name. `quote` are the learner's literal words.
    """

    id: int
    concept: str
    kind: Kind
    at: datetime
    ok: bool | None = None
    hints: int = 0
    item: str = ""
    misconception: str = ""
    exposes: tuple[str, ...] = ()
    explained: bool = False
    text: str = ""
    quote: str = ""

    @property
    def graded(self) -> bool:
        """Whether the server graded it."""
        return self.kind in GRADED

    def shows(self, slug: str) -> bool:
        """Whether this misconception showed in it."""
        if self.misconception != slug:
            return False
        wrong = self.graded and self.ok is False
        return wrong or self.kind in {Kind.STATED, Kind.CONFIRMED}
