"""Compares numbers and ratios with the expected one, whatever the notation.

A right value in the wrong form ("0.75" where a fraction in lowest terms was asked for)
is asked for again; only a fraction that should have been reduced and was not is wrong.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd

from django.utils.translation import gettext as _

from tutor.content.course import Item
from tutor.content.numerals import LONGEST, Reading, plain, ratio, readings
from tutor.content.readable import Finding, Unreadable, gives_up

_LEAD = re.compile(
    r"^(?:(?:so|then|ok|okay|well|hm+|i (?:think|guess|believe|say)|maybe|probably"
    r"|it(?:'s| is| was| must be| should be)|that(?:'s| is)|this is|they are|there are"
    r"|the (?:answer|result|value|sum|total) (?:is|would be)|answer|equals?|is|="
    r"|[a-z] ?=)[\s,:]+)+",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.,/^])-?(?:\d+ \d+ ?/ ?\d+|\d+ ?/ ?\d+|\d[\d.,]*)(?![\w/^])"
)
_UNDECIDED = re.compile(
    r"\b(?:not|or|never|between|isn'?t|aren'?t|than)\b|n't\b", re.IGNORECASE
)
_SHOWN = 60


def compare(item: Item, answer: str) -> Finding:
    """Grade an answer to a numeric item; `Unreadable` if it holds no single number."""
    if ratio(item.answer):
        return _compare_ratio(item, answer)
    wanted = expected(item)
    given = given_in(answer, item.unit)
    if not given:
        if gives_up(answer):
            raise Unreadable(_("That is no number yet. A hint may help."))
        raise Unreadable(_("No single number can be read here: give just the number."))
    shown = plain(answer)[:_SHOWN]
    fitting = [reading for reading in given if _near(reading.value, wanted, item)]
    if not fitting:
        if any(_is_rounded(reading, wanted) for reading in given):
            raise Unreadable(
                _("That is close. Give the exact value, as a fraction if need be.")
            )
        return Finding(False, shown, _betrayed(item, given))
    return _in_form(item, fitting[0], shown)


def expected(item: Item) -> Fraction:
    """The value of the item's answer; `Unreadable` if the item is broken."""
    read = given_in(item.answer, item.unit)
    if not read:
        raise Unreadable(_("This item has no answer that can be graded."))
    return read[0].value


def given_in(answer: str, unit: str = "") -> tuple[Reading, ...]:
    """The readings of the one number that an answer gives, if it gives just one."""
    text = plain(answer)
    if len(text) > 2 * LONGEST:
        return ()
    text = _LEAD.sub("", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    text = text.rsplit("=", 1)[-1].strip().rstrip(".!;").strip("`*_ ")
    percent = text.endswith("%") or text.lower().endswith(" percent")
    bare = re.sub(r"\s*(?:%|\bpercent)$", "", text, flags=re.IGNORECASE)
    if unit and bare.lower().endswith(unit.lower()):
        bare = bare[: -len(unit)].rstrip()
    read = readings(bare.removeprefix("/").removeprefix("~"))
    if not read and not _UNDECIDED.search(bare):
        found = _NUMBER.findall(bare)
        read = readings(found[0].rstrip(".,")) if len(set(found)) == 1 else ()
    if percent and unit != "%":
        read = tuple(Reading(r.value / 100, "decimal") for r in read)
    return read


def _near(value: Fraction, wanted: Fraction, item: Item) -> bool:
    margin = Fraction(item.tolerance) if item.tolerance else Fraction(0)
    return abs(value - wanted) <= margin


def _is_rounded(given: Reading, wanted: Fraction) -> bool:
    """Whether it is 0.33 where 1/3 was wanted: not wrong, only not exact."""
    bottom = wanted.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    if bottom == 1 or given.shape != "decimal" or given.places < 2:
        return False
    return abs(given.value - wanted) < Fraction(1, 10**given.places)


def _in_form(item: Item, given: Reading, shown: str) -> Finding:
    whole = given.value.denominator == 1
    match item.form:
        case "lowest" if given.shape in ("decimal", "words"):
            if given.shape == "decimal" and not whole:
                raise Unreadable(_("The value is right. Write it as a fraction."))
        case "lowest" if not given.lowest and not whole:
            why = _("The value is right, but it can still be reduced.")
            return Finding(False, shown, _betrayed_form(item, shown), why)
        case "mixed" if given.shape not in ("mixed", "words") and not whole:
            raise Unreadable(_("The value is right. Write it as a mixed number."))
        case "decimal" if given.shape in ("fraction", "mixed", "words") and not whole:
            raise Unreadable(_("The value is right. Write it as a decimal."))
        case "fraction" if given.shape not in ("fraction", "words") and not whole:
            raise Unreadable(_("The value is right. Write it as a single fraction."))
        case _:
            pass
    return Finding(True, shown)


def _betrayed(item: Item, given: tuple[Reading, ...]) -> str | None:
    values = {reading.value for reading in given}
    for wrong, slug in item.distractors.items():
        if any(reading.value in values for reading in given_in(wrong, item.unit)):
            return slug
    return None


def _betrayed_form(item: Item, shown: str) -> str | None:
    same = (slug for wrong, slug in item.distractors.items() if plain(wrong) == shown)
    return next(same, None)


def _compare_ratio(item: Item, answer: str) -> Finding:
    text = _LEAD.sub("", plain(answer)).rstrip(".!").strip()
    given = ratio(text) or (ratio(text.replace("/", ":")) if ":" not in text else ())
    if not given:
        raise Unreadable(_("Give the ratio with a colon, such as 5 : 7."))
    if not _proportional(given, ratio(item.answer)):
        slug = next(
            (m for wrong, m in item.distractors.items() if ratio(wrong) == given), None
        )
        return Finding(False, text[:_SHOWN], slug)
    if item.form == "lowest" and not _is_lowest(given):
        why = _("The ratio is right, but it can still be made simpler.")
        return Finding(False, text[:_SHOWN], _betrayed_form(item, text), why)
    return Finding(True, text[:_SHOWN])


def _proportional(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> bool:
    return len(left) == len(right) and all(
        a * right[0] == b * left[0] for a, b in zip(left, right, strict=True)
    )


def _is_lowest(terms: tuple[Fraction, ...]) -> bool:
    return all(t.denominator == 1 for t in terms) and gcd(*map(int, terms)) == 1
