"""Vectors for the evaluator: how alike a reply and a memory are, where that is known.

The vectors are WordLlama's, in this process, whatever the memory service embeds with:
judging a reply asks no other service. They know little but English, so they only judge
texts in Latin letters (`memory.support` weighs by that).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from chatapp import wiring


class VectorLikeness:
    """A `memory.support.Likeness` made of one table of vectors."""

    def knows(self, text: str) -> float:
        """The share of its letters that are Latin."""
        letters = [character for character in text if character.isalpha()]
        if not letters:
            return 0.0
        return sum(1 for letter in letters if letter < "\u0250") / len(letters)

    def between(self, text: str, others: Sequence[str]) -> Sequence[float]:
        """Cosine of the text with each of the others."""
        rows = wiring.local_vectors([text, *others])
        found: list[float] = (rows[1:] @ rows[0]).tolist()
        return found


@cache
def likeness() -> VectorLikeness:
    """This process's."""
    return VectorLikeness()
