"""When two statements say the same: the words that make a difference, in order.

Only what never changes a meaning is left out. Numbers, negations, tenses and the order
of words stay: "User moved from Leeds to York" is not "User moved from York to Leeds".
"""

from __future__ import annotations

from embedded.maas.text import words_of

NO_DIFFERENCE = frozenset(
    ("a", "an", "the", "very", "really", "just", "so", "also", "too", "quite")
)


def essence(text: str) -> str:
    """Equal for near-duplicates: case, punctuation, articles and fillers are gone."""
    words = [w for w in words_of(text) if w not in NO_DIFFERENCE]
    return " ".join(words) or text.strip()
