"""Which way of explaining helped this learner with which concept.

Never a trait of the person: it is counted per approach and concept, and it has helped
only when the next answer was right without aid, or when the learner said so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tutor.learner.evidence import Piece

AVOID = 2
"""Not helped so often, and more often than it did: not chosen for that concept."""


@dataclass(frozen=True)
class Approach:
    """One approach with one concept: how often it helped, and how often not."""

    concept: str
    name: str
    helped: int = 0
    not_helped: int = 0
    said: bool = False
    pieces: tuple[int, ...] = ()
    quote: str = ""

    @property
    def n(self) -> int:
        """Outcomes seen."""
        return self.helped + self.not_helped

    @property
    def mean(self) -> float:
        """Expected share of times that it helps, over a uniform prior."""
        return (1 + self.helped) / (2 + self.n)

    @property
    def sd(self) -> float:
        """Standard deviation of that estimate."""
        a, b = 1 + self.helped, 1 + self.not_helped
        return math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))

    @property
    def avoid(self) -> bool:
        """Whether it is not to be chosen for this concept."""
        return self.not_helped >= AVOID and self.not_helped > self.helped

    def after(self, piece: Piece, *, helped: bool, said: bool) -> Approach:
        """With one more outcome."""
        return replace(
            self,
            helped=self.helped + helped,
            not_helped=self.not_helped + (not helped),
            said=self.said or said,
            pieces=(*self.pieces, piece.id),
            quote=piece.quote or self.quote,
        )
