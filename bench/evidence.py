"""Evidence recall at k: the share of a question's evidence among the first k answers.

As in LoCoMo's `task_eval/evaluation.py`: the mean over questions, ids taken as the file
has them, and 1 for a question without evidence. Intervals are 95 % of bootstrap
resamples over questions (Efron, 1979), from a fixed seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1_000
SEED = 20_261_122


@dataclass(frozen=True)
class Share:
    """A mean in percent and its interval."""

    mean: float
    low: float
    high: float


def recall_at(k: int, answered: Sequence[str], evidence: Sequence[str]) -> float:
    """0..1 for one question."""
    if not evidence:
        return 1.0
    first = set(answered[:k])
    return sum(one in first for one in evidence) / len(evidence)


def share(values: Sequence[float]) -> Share:
    """The mean of `values` in 0..1 as percent, with its interval."""
    if not values:
        return Share(float("nan"), float("nan"), float("nan"))
    of = np.array(values)
    drawn = np.random.default_rng(SEED).integers(len(of), size=(RESAMPLES, len(of)))
    low, high = np.percentile(of[drawn].mean(axis=1), [2.5, 97.5])
    return Share(100 * float(of.mean()), 100 * float(low), 100 * float(high))
