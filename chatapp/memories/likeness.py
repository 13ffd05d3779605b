"""Vectors for the evaluator: how alike a reply and a memory are, where that is known.

The vectors are WordLlama's, in this process, whatever the memory service embeds with:
judging a reply asks no other service. They know little but English, so they only judge
texts in Latin letters (`memory.support` weighs by that).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from chatapp import wiring


class VectorLikeness:
    """A `memory.support.Likeness` made of one table of vectors."""

    def knows(self, text: str) -> float:
        """The share of its letters that are Latin."""
        if text.isascii():
            return float(any(map(str.isalpha, text)))
        letters = [character for character in text if character.isalpha()]
        known = sum(1 for letter in letters if letter < "\u0250")
        return known / len(letters) if letters else 0.0

    def between(self, text: str, others: Sequence[str]) -> Sequence[float]:
        """Cosine of the text with each of the others."""
        # One by one: a batch wakes the tokeniser's threads, which costs more.
        rows = np.concatenate([wiring.local_vectors([one]) for one in (text, *others)])
        found: list[float] = (rows[1:] @ rows[0]).tolist()
        return found


@cache
def likeness() -> VectorLikeness:
    """This process's."""
    return VectorLikeness()
