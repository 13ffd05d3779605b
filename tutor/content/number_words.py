"""Numbers written out in English: "a half", "two and three quarters", "sixty-two"."""

from __future__ import annotations

import re
from fractions import Fraction

_SMALL = (
    *("zero", "one", "two", "three", "four"),
    *("five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_CARDINALS = {word: place for place, word in enumerate(_SMALL)} | {
    word: 10 * place for place, word in enumerate(_TENS, start=2)
}
_PARTS = {
    "half": 2,
    "halve": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "sixteenth": 16,
    "twentieth": 20,
    "hundredth": 100,
    "thousandth": 1000,
}
_TOKEN = re.compile(r"\d{1,9}|[a-z]+")


def value(text: str) -> Fraction | None:
    """The value of a written-out number, None if the text is anything else."""
    low = text.lower().replace("-", " ")
    if not re.fullmatch(r"[a-z\d ]+", low) or not re.search(r"[a-z]", low):
        return None
    words = _TOKEN.findall(low)
    if "point" in words:
        return _decimal(words)
    if "over" in words:
        place = words.index("over")
        top, bottom = _cardinal(words[:place]), _cardinal(words[place + 1 :])
        return Fraction(top, bottom) if top is not None and bottom else None
    part = words[-1].removesuffix("s") if words else ""
    if part in _PARTS:
        return _parts(words[:-1], _PARTS[part])
    whole = _cardinal(words)
    return None if whole is None else Fraction(whole)


def _parts(before: list[str], bottom: int) -> Fraction | None:
    """ "two and a half": a whole, then how many of the parts."""
    whole, count = 0, before
    if "and" in before:
        place = len(before) - 1 - before[::-1].index("and")
        left = _cardinal(before[:place])
        if left is None:
            return None
        whole, count = left, before[place + 1 :]
    top = 1 if count in ([], ["a"], ["an"]) else _cardinal(count)
    return None if top is None else whole + Fraction(top, bottom)


def _decimal(words: list[str]) -> Fraction | None:
    place = words.index("point")
    whole = _cardinal(words[:place]) if place else 0
    digits = [_CARDINALS.get(word, 10) for word in words[place + 1 :]]
    if whole is None or not digits or max(digits) > 9:
        return None
    return Fraction(f"{whole}.{''.join(map(str, digits))}")


def _cardinal(words: list[str]) -> int | None:
    """Up to 999,999; "a hundred" counts, and so does "two hundred and fifty-four"."""
    total = group = 0
    for place, word in enumerate(words):
        if word.isdigit() and len(words) == 1:
            return int(word)
        if word in _CARDINALS:
            if not _may_follow(group % 100, _CARDINALS[word]):
                return None  # "two three" is two numbers
            group += _CARDINALS[word]
        elif word == "a" and words[place + 1 : place + 2] in (
            ["hundred"],
            ["thousand"],
        ):
            group += 1
        elif word == "hundred" and 0 < group < 10:
            group *= 100
        elif word == "thousand" and group:
            total, group = total + group * 1000, 0
        elif word != "and" or not 0 < place < len(words) - 1:
            return None
    return total + group if words else None


def _may_follow(before: int, number: int) -> bool:
    return before == 0 or (before >= 20 and before % 10 == 0 and 0 < number < 10)
