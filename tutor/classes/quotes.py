"""Short quotes without a name: what learners wrote, fit to be shown to their teacher.

A quote is literal, so nothing in it is rewritten: one that could tell who said it is
left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

MOST = 3
LONGEST = 240
REVEALING = re.compile(
    r"@|https?:|www\.|\d[\d ()/-]{6,}\d|\bmy name\b|\bi['’]?m called\b", re.IGNORECASE
)
WORD = re.compile(r"\w+")


def anonymous(quotes: Mapping[int, Sequence[str]], names: Iterable[str]) -> list[str]:
    """At most one quote of each learner, none that holds one of these names.

    `quotes` are each learner's, newest first. The order says nothing about who joined
    or spoke when: it comes from the words alone.
    """
    parts = {word.casefold() for name in names for word in WORD.findall(name)}
    words = {part for part in parts if part.isascii() and len(part) > 1}
    anywhere = {part for part in parts if not part.isascii()}
    shown = {
        found
        for own in quotes.values()
        if (found := next((q for q in own if _is_anonymous(q, words, anywhere)), ""))
    }
    return sorted(shown, key=_mixed)[:MOST]


def _is_anonymous(quote: str, words: set[str], anywhere: set[str]) -> bool:
    """Whether it holds no name: as a word; where words are not set apart, anywhere."""
    if not quote.strip() or len(quote) > LONGEST or REVEALING.search(quote):
        return False
    folded = quote.casefold()
    if not words.isdisjoint(WORD.findall(folded)):
        return False
    return not any(name in folded for name in anywhere)


def _mixed(quote: str) -> str:
    return hashlib.sha256(quote.encode()).hexdigest()
