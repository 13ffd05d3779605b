"""The leak gate: a reply to an open question does not hold its answer.

Loose: any number in the reply equals the answer; such a reply is written again once.
Tight: the number is also new to the dialogue or stands behind "is", "=" and the like;
that is never shown. Answers in words follow the same two rules. How often people agree
is measured by `bench/leak_gate.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from memory.vetting import Judgement
from tutor.content import number_words
from tutor.content.course import Item
from tutor.content.numerals import Reading, plain, ratio, readings

_NUMBER = re.compile(
    r"(?<![\w.])-?(?:\d+ (?:and )?\d+ ?/ ?\d+|\d+ ?/ ?\d+|\d+(?:[.,]\d+)*|\.\d+)(?!\w)"
)
_PERCENT = re.compile(r"\s*(?:%|percent\b)", re.IGNORECASE)
_RATIO = re.compile(
    r"(?<![\w.:])\d+(?:\.\d+)?(?: ?(?::|\bto\b) ?\d+(?:\.\d+)?)+(?![\w:])"
)
_DOTTED = re.compile(r"\d+(?:\.\d+){2,}(?:/\d+)?")
_SPELT = re.compile(
    r"\b(?:(?:a|an|and|over|point|hundred|thousand|zero|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|half|halves|thirds?|quarters?|\w+ths?)\b[\s-]*)+",
    re.IGNORECASE,
)
_LEADS = (
    r"(?:=|\bis|\bare|\bbe|\bhave|\bgets?|\bgives?(?: you)?|\bmakes?|\bequals?"
    r"|\banswer(?: of)?|\bcorrect(?: one)?)"
)
_BEFORE = re.compile(_LEADS + r"[\s:*_`$\"'\u201c(\\]*$", re.IGNORECASE)
_BEHIND = re.compile(
    r"[\s*_`$\"'\u201d)]*(?:is|was|would be) (?:the|our|your|my) (?:\w+ )?"
    r"(?:answer|result|solution)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[\w./:-]+")
_REACH = 24
COMMON = 12
"""Whole numbers up to here stand in too many sentences as words to give one away."""


def judge(item: Item, reply: str, dialogue: Sequence[str]) -> Judgement:
    """Whether the reply may be shown while the question is open.

    `dialogue` are the texts before it: the question itself, what the learner wrote.
    """
    text = plain(reply)
    found = _found(item, text)
    if not found:
        return "fine"
    if any(_is_led(text, begin, end) for begin, end in found):
        return "withheld"
    known = _found(item, plain(" ".join([item.prompt, *dialogue])))
    return "doubtful" if known else "withheld"


Span = tuple[int, int]


def _found(item: Item, text: str) -> list[Span]:
    """Where the answer stands in a text of `plain`, in any notation."""
    whole = set(_WORDS.findall(item.answer))
    # A part of the answer alone ("sequence" of "sequence numbers") gives none away.
    more = [other for other in item.accepts if not set(_WORDS.findall(other)) < whole]
    answers = [item.answer, *more]
    look = _numbers if item.kind == "numeric" else _words
    return [span for answer in answers for span in look(item, answer.strip(), text)]


def _is_led(text: str, begin: int, end: int) -> bool:
    before = text[max(0, begin - _REACH) : begin]
    return bool(_BEFORE.search(before) or _BEHIND.match(text, end))


def _numbers(item: Item, answer: str, text: str) -> Iterable[Span]:
    """Numbers that equal the answer."""
    if _DOTTED.fullmatch(answer):
        return [m.span() for m in _DOTTED.finditer(text) if m.group() == answer]
    if terms := ratio(answer):
        return [m.span() for m in _RATIO.finditer(text) if _alike(item, m[0], terms)]
    wanted = {reading.value for reading in readings(answer)[:1]}
    if not wanted:
        return _words(item, answer, text)
    (value,) = wanted
    spans = [m.span() for m in _NUMBER.finditer(text) if _equals(item, m, value)]
    if value.denominator > 1 or value > COMMON:
        spans += _spelt(text, value)
    return spans


def _equals(item: Item, found: re.Match[str], value: Fraction) -> bool:
    shares = item.unit != "%" and _PERCENT.match(found.string, found.end())
    return any(
        (reading.value == value and _is_in_form(item, reading))
        or (shares and not item.form and reading.value / 100 == value)
        for reading in readings(found.group())
    )


def _is_in_form(item: Item, reading: Reading) -> bool:
    """Whether it is the answer and not what was to be brought into that form."""
    match item.form:
        case "lowest":
            return reading.lowest and reading.shape in {"fraction", "integer"}
        case "mixed" | "decimal" | "fraction":
            return reading.shape in {item.form, "integer"}
        case _:
            return True


def _alike(item: Item, text: str, terms: Sequence[Fraction]) -> bool:
    given = ratio(text)
    if item.form == "lowest":
        return given == tuple(terms)
    return len(given) == len(terms) and all(
        one * terms[0] == other * given[0]
        for one, other in zip(given, terms, strict=True)
    )


def _spelt(text: str, value: Fraction) -> Iterable[Span]:
    """The number in words, where it is given as one: "that is one half"."""
    for found in _SPELT.finditer(text):
        words = found.group().strip(" -")
        end = found.start() + len(words)
        if number_words.value(words) == value and _is_led(text, found.start(), end):
            yield found.start(), end


def _words(item: Item, answer: str, text: str) -> Iterable[Span]:
    """Where the answer's words stand, as whole words.

    Of a choice only where no other choice is named too: talking about all of them
    gives none away.
    """
    spans = _places(answer, text)
    others = (c for c in item.choices if c != item.answer)
    if item.kind == "choice" and any(_places(choice, text) for choice in others):
        return [span for span in spans if _is_led(text, *span)]
    return spans


def _places(words: str, text: str) -> list[Span]:
    parts = [re.escape(word) for word in _WORDS.findall(plain(words))]
    if not parts:
        return []
    pattern = r"(?<!\w)" + r"\W+".join(parts) + r"(?!\w)"
    return [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
