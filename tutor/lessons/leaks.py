"""The leak gate: a reply to an open question does not hold its answer.

Loose: any number in the reply equals the answer (P .50, R .97 on MRBench's human
labels); such a reply is written again once. Tight: the number is also new to the
dialogue or stands behind "is", "=" and the like (P .75, R .81): that is never shown.
Answers in words follow the same two rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from memory.vetting import Judgement
from tutor.content.course import Item

_NUMBER = re.compile(r"(?<![\w.])[-\u2212]?\d+(?:[.,]\d+)*(?:\s*/\s*\d+)?(?![\w])")
_DOTTED = re.compile(r"\d+(?:\.\d+){2,}(?:/\d+)?")
_LEADS = (
    r"(?:=|\bis|\bare|\bbe|\bhave|\bget|\bgets|\bequals?|\banswer|\bcorrect(?: one)?)"
)
_BEFORE = re.compile(_LEADS + r"[\s:*_`$\"'\u201c(]*$", re.IGNORECASE)
_WORDS = re.compile(r"[\w./:-]+")
_REACH = 24


def judge(item: Item, reply: str, dialogue: Sequence[str]) -> Judgement:
    """Whether the reply may be shown while the question is open.

    `dialogue` are the texts before it: the question itself, what the learner wrote.
    """
    found = (
        _numbers_at(item, reply) if item.kind == "numeric" else _words_at(item, reply)
    )
    if not found:
        return "fine"
    said = " ".join([item.prompt, *dialogue])
    known = bool(
        _numbers_at(item, said) if item.kind == "numeric" else _words_at(item, said)
    )
    leads = any(_BEFORE.search(reply[max(0, at - _REACH) : at]) for at in found)
    return "withheld" if leads or not known else "doubtful"


def _numbers_at(item: Item, text: str) -> list[int]:
    """Where a number stands that equals the answer."""
    answer = item.answer.strip()
    if _DOTTED.fullmatch(answer):
        return [m.start() for m in _DOTTED.finditer(text) if m.group() == answer]
    wanted = _value(answer)
    if wanted is None:
        return _words_at(item, text)
    return [m.start() for m in _NUMBER.finditer(text) if _value(m.group()) == wanted]


def _words_at(item: Item, text: str) -> list[int]:
    """Where the answer's words stand, as whole words.

    Of a choice only where no other choice is named too: talking about all of them
    gives none away.
    """
    places = _places(item.answer, text)
    if places and item.kind == "choice":
        others = (c for c in item.choices if c != item.answer)
        if any(_places(choice, text) for choice in others):
            leading = [
                at for at in places if _BEFORE.search(text[max(0, at - _REACH) : at])
            ]
            return leading
    return places


def _places(words: str, text: str) -> list[int]:
    plain = [re.escape(word) for word in _WORDS.findall(words)]
    if not plain:
        return []
    pattern = r"(?<!\w)" + r"\W+".join(plain) + r"(?!\w)"
    return [m.start() for m in re.finditer(pattern, text, re.IGNORECASE)]


def _value(text: str) -> Fraction | None:
    """The number that is written there; thousands may be separated."""
    plain = re.sub(r"\s", "", text).replace("\u2212", "-")
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    try:
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        return None
