"""English words without their endings, so that "painted" finds "painting".

The suffix rules follow M. F. Porter, "An algorithm for suffix stripping" (Program 14,
1980), shortened: a fixed number of letters must stay in place of his measure m.
"""

from __future__ import annotations

import re
from functools import lru_cache

VOWEL = re.compile("[aeiouy]")
DOUBLED = "bdfgmnprt"
ENDINGS = ("eedly", "ingly", "edly", "eed", "ing", "ed")
LONG = (
    ("ational", "ate"), ("ization", "ize"), ("fulness", "ful"), ("ousness", "ous"),
    ("iveness", "ive"), ("tional", "tion"), ("biliti", "ble"), ("entli", "ent"),
    ("ousli", "ous"), ("ation", "ate"), ("alism", "al"), ("aliti", "al"),
    ("fulli", "ful"), ("lessli", "less"), ("iviti", "ive"), ("enci", "ence"),
    ("anci", "ance"), ("abli", "able"), ("izer", "ize"), ("ator", "ate"),
    ("alli", "al"), ("bli", "ble"), ("li", ""),
)  # fmt: skip
MIDDLE = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"),
    ("ness", ""), ("ful", ""),
)  # fmt: skip
SHORT = tuple(
    (ending, "")
    for ending in (
        *("ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism"),
        *("ate", "iti", "ous", "ive", "ize", "ion", "er", "al", "ic"),
    )
)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a lower-case word; words of other languages mostly stay."""
    if len(word) <= 3 or not word.isascii():
        return word
    word = _past(_singular(word))
    if word.endswith("y") and len(word) > 2 and not VOWEL.match(word[-2]):
        word = word[:-1] + "i"
    word = _replaced(word, LONG, keep=3)
    word = _replaced(word, MIDDLE, keep=3)
    word = _replaced(word, SHORT, keep=4)
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _singular(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ies", "ied")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word


def _past(word: str) -> str:
    ending = next((e for e in ENDINGS if word.endswith(e)), "")
    left = word[: len(word) - len(ending)]
    if not ending or not VOWEL.search(left):
        return word
    if ending.startswith("eed"):
        return left + "ee" if len(left) > 1 else word
    if left.endswith(("at", "bl", "iz")) or len(left) <= 3:
        return left + "e"
    return left[:-1] if left[-1] == left[-2] and left[-1] in DOUBLED else left


def _replaced(word: str, rules: tuple[tuple[str, str], ...], *, keep: int) -> str:
    for ending, instead in rules:
        if word.endswith(ending) and len(word) - len(ending) >= keep:
            return word[: len(word) - len(ending)] + instead
    return word
