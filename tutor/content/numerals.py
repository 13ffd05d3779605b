"""Numbers as people write them: 1/2, 0.5, 0,5, ½, "a half", full-width digits.

`readings()` returns every sensible reading of a text, since "1,234" is one thousand to
one person and a little over one to another; the grader takes the one that fits. What
is no number has no reading, which is not the same as a wrong number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Literal

from tutor.content import number_words

Shape = Literal["integer", "decimal", "fraction", "mixed", "words"]
LONGEST = 80
"""Characters of an answer that are looked at: no number asked for here is longer."""

_INTEGER = re.compile(r"\d{1,30}\Z")
_DECIMAL = re.compile(r"(\d{0,30})[.,](\d{1,30})\Z")
_GROUPED = re.compile(
    r"\d{1,3}(?:([ ,.'_])\d{3})(?:\1\d{3})*(?:[.,](\d{1,2}|\d{4,}))?\Z"
)
_FRACTION = re.compile(r"(\d{1,30}) ?/ ?(\d{1,30})\Z")
_MIXED = re.compile(r"(\d{1,30}) (?:and )?(\d{1,30}) ?/ ?(\d{1,30})\Z")
_TEX_FRACTION = re.compile(r"\\[dt]?frac\{(\d{1,30})\}\{(\d{1,30})\}")
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "⁄": "/", "÷": "/"})


@dataclass(frozen=True)
class Reading:
    """One value of a text, how it was written, and whether it is in lowest terms."""

    value: Fraction
    shape: Shape
    lowest: bool = True
    places: int = 0


def plain(text: str) -> str:
    """The text with one way of writing digits, signs and spaces."""
    spelt = "".join(_plain_character(character) for character in text)
    spelt = unicodedata.normalize("NFKC", spelt).translate(_DASHES)
    spelt = _TEX_FRACTION.sub(r" \1/\2 ", spelt.replace("$", " "))
    return re.sub(r"\s+", " ", spelt).strip()


def readings(text: str) -> tuple[Reading, ...]:
    """Every value that the text may stand for; empty if it is no number."""
    if len(text) > LONGEST:
        return ()
    spelt = plain(text)
    sign, rest = 1, spelt
    if found := re.match(r"([+-]|minus )\s*", spelt, re.IGNORECASE):
        rest = spelt[found.end() :]
        sign = 1 if found[1] == "+" else -1
    read = _positive(rest)
    return tuple(Reading(sign * r.value, r.shape, r.lowest, r.places) for r in read)


def ratio(text: str) -> tuple[Fraction, ...]:
    """The terms of "2:3", "2 to 3" or "1 : 2 : 3"; empty if it is no ratio."""
    if len(text) > LONGEST:
        return ()
    parts = re.split(r" ?: ?| to ", plain(text).lower())
    terms = [next((r.value for r in _positive(part)), None) for part in parts]
    whole = tuple(term for term in terms if term is not None)
    if len(whole) < 2 or len(whole) != len(parts) or not all(whole):
        return ()
    return whole


def _positive(text: str) -> tuple[Reading, ...]:
    if _INTEGER.match(text):
        return (Reading(Fraction(int(text)), "integer"),)
    if found := _FRACTION.match(text):
        return _fraction(0, int(found[1]), int(found[2]))
    if found := _MIXED.match(text):
        return _fraction(int(found[1]), int(found[2]), int(found[3]))
    read: list[Reading] = []
    if found := _DECIMAL.match(text):
        digits = f"{found[1] or 0}.{found[2]}"
        read.append(Reading(Fraction(digits), "decimal", places=len(found[2])))
    if (found := _GROUPED.match(text)) and not text.startswith("0"):
        whole, _, behind = _split_groups(text, found[1], found[2])
        shape: Shape = "decimal" if behind else "integer"
        value = Fraction(f"{whole}.{behind or 0}")
        read.append(Reading(value, shape, places=len(behind)))
    if not read and (spoken := number_words.value(text)) is not None:
        read.append(Reading(spoken, "words"))
    return tuple(read)


def _fraction(whole: int, top: int, bottom: int) -> tuple[Reading, ...]:
    if bottom == 0:
        return ()
    lowest = gcd(top, bottom) == 1 and (whole == 0 or top < bottom) and bottom != 1
    shape: Shape = "mixed" if whole else "fraction"
    return (Reading(whole + Fraction(top, bottom), shape, lowest),)


def _split_groups(text: str, mark: str, behind: str | None) -> tuple[str, str, str]:
    whole = text[: -len(behind) - 1] if behind else text
    return re.sub(r"\D", "", whole), mark, behind or ""


def _plain_character(character: str) -> str:
    decomposed = unicodedata.decomposition(character)
    if decomposed.startswith("<fraction>"):
        # NFKC alone would turn 2½ into 21/2.
        return f" {unicodedata.normalize('NFKC', character)} "
    if decomposed.startswith("<super>"):
        return f"^{character}"  # nor is 2² twenty-two
    value = unicodedata.decimal(character, None)
    return str(value) if value is not None else character
