"""Fits the evaluator's weights: a logistic regression, its threshold and its margin.

Rows are (turn, memory) pairs. The regression is Newton's with a ridge; the threshold is
the one with the best F1 that credits no more than a given share of the turns without
memory. A few hundred rows: no library is needed for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bench.madial import Turn
from memory.support import Support, Weights

Vector = npt.NDArray[np.float64]
RIDGE = 0.003
MARGINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)
THRESHOLDS = tuple(n / 100 for n in range(5, 96, 2))


@dataclass(frozen=True)
class Judged:
    """One turn with the evidence for each of its memories, in their order."""

    turn: Turn
    supports: tuple[Support, ...]


@dataclass(frozen=True)
class Score:
    """Counts over turns: right, wrong and missed credits; turns credited for nothing."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    credited: int = 0
    without: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.credited + other.credited,
            self.without + other.without,
        )

    @property
    def precision(self) -> float:
        """Share of the credits that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the used memories that are credited."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    @property
    def false_credit(self) -> float:
        """Share of the turns without memory that credit any."""
        return self.credited / max(1, self.without)


def fit(turns: Sequence[Judged], *, most_false: float) -> Weights:
    """The weights for these turns; all of one kind of script and comparison."""
    rows = np.array([features(s) for one in turns for s in one.supports])
    used = np.array(
        [
            float(memory == one.turn.right)
            for one in turns
            for memory, _ in one.turn.memories
        ]
    )
    spread = np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1.0)
    found = regress((rows - rows.mean(axis=0)) / spread, used)
    slopes = found[:-1] / spread
    bias = float(found[-1] - slopes @ rows.mean(axis=0))
    share, mass, claimed, topic, likeness = (float(slope) for slope in slopes)
    plain = Weights(bias, share, mass, claimed, topic, likeness, 0.5, 0.0)
    return threshold(turns, plain, most_false=most_false)


def regress(rows: Vector, used: Vector) -> Vector:
    """Weights of a logistic regression, the constant last."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    ridge = np.eye(design.shape[1]) * RIDGE * len(rows)
    ridge[-1, -1] = 0
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        curve = chance * (1 - chance) + 1e-6
        slope = design.T @ (chance - used) + ridge @ weights
        weights -= np.linalg.solve(design.T @ (design * curve[:, None]) + ridge, slope)
    found: Vector = weights
    return found


def threshold(
    turns: Sequence[Judged], weights: Weights, *, most_false: float
) -> Weights:
    """The weights with their best threshold and margin."""
    chances = [
        (one.turn, [s.chance_by(weights) for s in one.supports]) for one in turns
    ]
    best: tuple[float, float, float] = (-1.0, 0.5, 0.0)
    for share_of_best in MARGINS:
        for least in THRESHOLDS:
            found = sum(
                (credit(t, c, least, share_of_best) for t, c in chances), Score()
            )
            if found.false_credit <= most_false:
                best = max(best, (found.f1, least, share_of_best))
    return replace(weights, least=best[1], share_of_best=best[2])


def score(turns: Sequence[Judged], weights: Weights) -> list[Score]:
    """What these weights come to, for each turn."""
    return [
        credit(
            one.turn,
            [s.chance_by(weights) for s in one.supports],
            weights.least,
            weights.share_of_best,
        )
        for one in turns
    ]


def credit(
    turn: Turn, chances: Sequence[float], least: float, share_of_best: float
) -> Score:
    """The counts of one turn."""
    bar = max(least, share_of_best * max(chances))
    credits = [m for (m, _), c in zip(turn.memories, chances, strict=True) if c >= bar]
    if not turn.right:
        return Score(credited=int(bool(credits)), without=1)
    right = int(turn.right in credits)
    return Score(right, len(credits) - right, 1 - right)


def features(support: Support) -> list[float]:
    """One support as numbers, in the order of the fields of `Weights`."""
    return [
        support.share,
        math.log1p(support.mass),
        math.log1p(support.claimed),
        support.topic,
        support.likeness or 0.0,
    ]
