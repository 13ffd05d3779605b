"""How well a concept is known: a Beta counter that forgets, its gate, and its numbers.

Degree of knowledge and certainty of the estimate are two numbers. Mastery is claimed
only when the cautious end (mean - sd) is high, after unaided answers that the server
graded, at least a day apart: no number of hinted answers opens the gate.
Method: discounted Beta-Bernoulli counter; the weights follow from the reliability r of
each source as w = 2r - 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tutor.learner.evidence import Kind, Piece
from tutor.learner.rules import GATE

DISCOUNT = 0.9
"""What an observation of weight 1 leaves of everything seen before it."""
LIKELY = 0.6
"""mean - sd from which a page says "likely": three clean successes."""
DISTANCE = timedelta(days=1)
"""Between two unaided successes, for the second to be a delayed one."""
WEIGHTS = {Kind.OPEN: 1.0, Kind.CHOICE: 0.75, Kind.JUDGED: 0.65, Kind.INFERRED: 0.3}
AIDED = (1.0, 0.5, 0.3, 0.0)
"""Weight of a right answer after so many steps of the hint ladder."""
CAPS = {0: 0.5, 1: 0.5, 2: 0.8}
"""What may be claimed at most after so few unaided observations."""


@dataclass(frozen=True)
class Beta:
    """Discounted counts of successes and failures over a uniform prior."""

    a: float = 0.0
    b: float = 0.0

    def seen(self, *, ok: bool, weight: float, discount: float | None = None) -> Beta:
        """After one more observation; one of weight 0 changes nothing."""
        kept = DISCOUNT**weight if discount is None else discount
        return Beta(
            kept * self.a + weight * ok,
            kept * self.b + weight * (not ok),
        )

    @property
    def mean(self) -> float:
        """Expected share of right answers."""
        return (1 + self.a) / (2 + self.a + self.b)

    @property
    def sd(self) -> float:
        """Standard deviation of that estimate."""
        a, b = 1 + self.a, 1 + self.b
        return math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))

    @property
    def cautious(self) -> float:
        """The low end of the estimate, which the gate looks at."""
        return self.mean - self.sd

    @property
    def confidence(self) -> float:
        """How sure the estimate is: 0 with nothing seen, towards 1."""
        return 1 - 2 * math.sqrt(3) * self.sd


def weight_of(piece: Piece, hints: int) -> float:
    """What this piece says about mastery; 0 for all that says nothing.

    Hints only lessen a right answer: one that is wrong even so is as wrong.
    """
    whole = WEIGHTS.get(piece.kind, 0.0)
    if piece.ok is None or not whole:
        return 0.0
    return whole * AIDED[min(hints, len(AIDED) - 1)] if piece.ok else whole


@dataclass(frozen=True)
class Mastery:
    """One concept: its counter, and what the gate has seen.

    `unaided` counts unaided observations that the server graded, right or wrong;
    `first` and `last` are the first and the latest unaided success; `delayed` says
    that two of them lay at least a day apart. `opened_at` is when the gate opened
    first: that stays, also when later answers close it (`is_open`). `disputed`: the
    learner has said that it is not so, and has not answered alone since.
    """

    beta: Beta = Beta()
    n: int = 0
    unaided: int = 0
    first: datetime | None = None
    last: datetime | None = None
    delayed: bool = False
    is_open: bool = False
    opened_at: datetime | None = None
    disputed: bool = False

    def after(self, piece: Piece, hints: int, gate: float = GATE) -> Mastery:
        """With one more piece of evidence about this concept."""
        if piece.kind is Kind.DISPUTED:
            return replace(self, is_open=False, disputed=True)
        weight = weight_of(piece, hints)
        if not weight:
            return self
        ok = bool(piece.ok)
        beta = self.beta.seen(ok=ok, weight=weight)
        alone = piece.graded and hints == 0
        success = alone and ok
        delayed = self.delayed or bool(
            success and self.first and piece.at - self.first >= DISTANCE
        )
        high = beta.cautious >= gate
        opens = success and delayed and high
        is_open = opens or (self.is_open and high)
        return Mastery(
            beta=beta,
            n=self.n + 1,
            unaided=self.unaided + alone,
            first=self.first or (piece.at if success else None),
            last=piece.at if success else self.last,
            delayed=delayed,
            is_open=is_open,
            opened_at=self.opened_at or (piece.at if opens else None),
            disputed=self.disputed and not alone,
        )

    def claim(self, retrievability: float) -> float:
        """P(can do it unaided now), capped while few unaided answers were seen."""
        cap = CAPS[0] if self.disputed else CAPS.get(self.unaided, 1.0)
        return min(self.beta.mean * retrievability, cap)
