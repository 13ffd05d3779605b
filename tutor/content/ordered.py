"""Grades what is picked or put in order: by letter, by number, or by the words.

Choices carry labels from A on, in the order in which the page shows them.
"""

from __future__ import annotations

import re
import unicodedata
from string import ascii_uppercase

from django.utils.translation import gettext as _

from tutor.content.course import Item
from tutor.content.readable import Finding, Unreadable
from tutor.content.short_text import normal

MOST = len(ascii_uppercase)
_LABEL = re.compile(
    r"(?:option |choice |answer |number |it'?s |i (?:think|choose|pick) )*"
    r"[(\[]?([a-z]|\d{1,2})[)\].:]?",
    re.IGNORECASE,
)


def choose(item: Item, answer: str) -> Finding:
    """Grade a pick; `Unreadable` if it names none of the choices, or several."""
    place = _place_of(item, unicodedata.normalize("NFKC", answer))
    if place is None:
        last = ascii_uppercase[len(item.choices) - 1]
        raise Unreadable(
            _("Pick one of the choices, by its letter from A to %(last)s.")
            % {"last": last}
        )
    picked = item.choices[place]
    misconception = next(
        (m for text, m in item.distractors.items() if text == picked), None
    )
    return Finding(picked == item.answer, picked, misconception)


def arrange(item: Item, answer: str) -> Finding:
    """Grade an order; `Unreadable` unless every line occurs exactly once."""
    answer = unicodedata.normalize("NFKC", answer)
    places = _labels(item, answer) or _lines(item, answer)
    if sorted(places) != list(range(len(item.choices))):
        raise Unreadable(
            _("Give every line once, by letters in your order, such as %(order)s.")
            % {"order": ", ".join(reversed(ascii_uppercase[: len(item.choices)]))}
        )
    given = [item.choices[place] for place in places]
    right = given == item.answer.split("\n")
    order = "\n".join(given)
    return Finding(right, order, item.distractors.get(order))


def _place_of(item: Item, answer: str) -> int | None:
    texts = [normal(choice) for choice in item.choices]
    given = normal(answer)
    exact = [i for i, choice in enumerate(item.choices) if choice == answer.strip()]
    if exact:
        return exact[0]
    if texts.count(given) == 1:
        return texts.index(given)
    if found := _LABEL.fullmatch(answer.strip()):
        return _from_label(found[1], len(texts))
    # "B: because ..." and "B) 254" name their choice first.
    if found := re.match(r"[(\[]?([A-Za-z])[)\].:] ?(.*)", answer.strip(), re.DOTALL):
        place = _from_label(found[1], len(texts))
        others = [t for i, t in enumerate(texts) if i != place]
        return place if normal(found[2]) not in others else None
    return None


def _from_label(label: str, count: int) -> int | None:
    place = int(label) - 1 if label.isdecimal() else ord(label.upper()) - ord("A")
    return place if 0 <= place < count else None


def _labels(item: Item, answer: str) -> list[int]:
    text = answer.strip().strip(".")
    if re.fullmatch(r"[A-Za-z]+", text) and len(text) == len(item.choices):
        labels = list(text)
    else:
        labels = [part for part in re.split(r"[\s,;>→-]+", text) if part]
    if not all(re.fullmatch(r"[A-Za-z]|[0-9]{1,2}", label) for label in labels):
        return []
    places = [_from_label(label, len(item.choices)) for label in labels]
    return [-1 if place is None else place for place in places]


def _lines(item: Item, answer: str) -> list[int]:
    texts = [normal(choice) for choice in item.choices]
    for split in (r"\n+", r" *(?:>|→|;) *"):
        parts = [normal(part) for part in re.split(split, answer) if part.strip()]
        if len(parts) == len(texts) and all(texts.count(part) == 1 for part in parts):
            return [texts.index(part) for part in parts]
    return []
