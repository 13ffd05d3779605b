"""Whether one statement says what is true instead of another: moved, changed, no more.

Only where both fill the same single place of the same person: a name, an age, a home, a
job, a birthday, a favourite, liking or not liking one thing. Everything else may be
true beside what was said before, and when unsure both stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from memory.words import STOP, words


@dataclass(frozen=True)
class Place:
    """What can hold one value at a time, and the value that a statement gives it."""

    name: str
    value: frozenset[str]


_PERSON = r"(?i:(?:the )?(?:user|learner))"
_NAMED = r"(?=[A-Z\u00c0-\u024f])"  # a place or a firm, not "a flat" or "night"
_PLACES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("name", rf"^{_PERSON}(?:['\u2019]s name is| is (?:called|named)) (?P<v>.+)"),
        (
            "age",
            rf"^{_PERSON} (?:is (?P<v>\d{{1,3}}) years old|turned (?P<v2>\d{{1,3}}))",
        ),
        (
            "home",
            (
                rf"^{_PERSON} (?:(?:now |currently |still )?lives in"
                rf"|(?:has )?(?:just )?moved to) {_NAMED}(?P<v>.+)"
            ),
        ),
        ("work", rf"^{_PERSON} (?:now |currently )?works (?:at|for) {_NAMED}(?P<v>.+)"),
        ("birthday", rf"^{_PERSON}['\u2019]s birthday is (?:on )?(?P<v>.+)"),
        (
            "favourite",
            rf"^{_PERSON}['\u2019]s favou?rite (?P<of>[\w ]{{2,30}}?) is (?P<v>.+)",
        ),
        (
            "day of",
            (
                rf"^{_PERSON}['\u2019]s (?P<of>(?:\w+ ){{0,2}}"
                r"(?:exam|test|deadline|interview)) is (?:on |in )?(?P<v>.+)"
            ),
        ),
        ("name", r"^(?:사용자|학습자)의 이름은 (?P<v>.+)"),
        (
            "home",
            r"^(?:사용자|학습자)는 (?:지금 |이제 )?(?P<v>\S+?)(?:에|로|으로) (?:산다|살|이사)",
        ),
        (
            "work",
            r"^(?:사용자|학습자)는 (?:지금 |이제 )?(?P<v>\S+?)에서 (?:일한|일하|근무)",
        ),
        ("name", r"^(?:ユーザー|学習者)の名前は(?P<v>.+)"),
        (
            "home",
            r"^(?:ユーザー|学習者)は(?:今)?(?P<v>[^はがを、]+?)(?:に住|に引っ越|へ引っ越)",
        ),
        ("work", r"^(?:ユーザー|学習者)は(?:今)?(?P<v>[^はがを、]+?)(?:で働|に勤め)"),
        ("name", r"^(?:用户|学习者)的名字是(?P<v>.+)"),
        ("home", r"^(?:用户|学习者)(?:现在)?(?:住在|搬到了?)(?P<v>.+)"),
    )
)
_LIKES = re.compile(
    rf"^{_PERSON} (?P<no>does not|doesn['\u2019]t|no longer|never)? ?(?:(?:really|still|now"
    r"|also) )*(?P<verb>likes?|loves?|enjoys?|drinks?|eats?|wants?|hates?|dislikes?"
    r"|avoids?)(?: (?:to|any) )?(?P<v>.+)",
    re.IGNORECASE,
)
_AGAINST = ("hate", "dislike", "avoid")
_NO_MORE = re.compile(r"\b(?:any ?more|any longer)\b", re.IGNORECASE)


def place_of(content: str) -> Place | None:
    """The single place that a statement fills; None when it fills none."""
    text = content.strip().rstrip(".。!！")
    for name, pattern in _PLACES:
        match = pattern.search(text)
        if match:
            found = match.groupdict()
            of = " ".join(sorted(words(found.get("of") or "")))
            value = words(found.get("v") or found.get("v2") or "", STOP - {"may"})
            return Place(f"{name} {of}".strip(), value) if value else None
    return None


def replaces(new: str, old: str) -> bool:
    """Whether `new` being true means that `old` is true no more."""
    one, other = place_of(new), place_of(old)
    if one and other:
        return one.name == other.name and one.value.isdisjoint(other.value)
    return _turned(new, old)


def _turned(new: str, old: str) -> bool:
    """Liking the very thing that was not liked, or the other way round."""
    one, other = _LIKES.match(new.strip()), _LIKES.match(old.strip())
    if one is None or other is None:
        return False
    return _thing(one) == _thing(other) and _for(one) != _for(other)


def _thing(match: re.Match[str]) -> frozenset[str]:
    return words(_NO_MORE.sub("", match["v"]), STOP)


def _for(match: re.Match[str]) -> bool:
    """Whether it is liked."""
    against = match["verb"].lower().startswith(_AGAINST)
    return against == bool(match["no"])
