"""Which concept or listed misconception some words are about; none, when in doubt.

Taking one error for another would put words into the learner's mouth, so both the
words and the meaning have to fit, clearly better than any other: an error that the
course does not list is kept in the learner's own words instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from memory.support import Likeness
from memory.words import negations, same_statement, words
from tutor.content.course import CourseContent
from tutor.learner.naming import SAID

MEANT = 0.7
SHARED = 0.6
AHEAD = 0.08
ABOUT = 0.35
"""Likeness to a concept's explanation from which words are about it."""
SAME = 0.75
"""Share of words from which two unlisted errors are one."""


_OPENING = re.compile(
    r"^(?:(?:well|so|but|because|and|yes|no|ok(?:ay)?),? )*(?:i|we)(?:'m| am| was| were)?"
    r" (?:(?:always|really|still|had|also|just|kind of|pretty) )*"
    r"(?:think|thought|believed?|assumed?|guess|supposed?|sure|figured|reckon)"
    r"(?: that)?,? ",
    re.IGNORECASE,
)


def misconception_of(
    text: str, content: CourseContent, likeness: Likeness
) -> str | None:
    """The listed misconception that these words state."""
    listed = list(content.misconceptions.values())
    if not listed:
        return None
    text = essence(text)
    alike = likeness.between(text, [one.statement for one in listed])
    best, *others = sorted(zip(alike, listed, strict=True), key=lambda pair: -pair[0])
    value, found = best
    ahead = value - others[0][0] if others else 1.0
    fits = (
        value >= MEANT
        and ahead >= AHEAD
        and shared(text, found.statement) >= SHARED
        and negations(text) == negations(found.statement)
    )
    return found.slug if fits else None


def unlisted(text: str, known: Mapping[str, str]) -> str:
    """The slug of an error that no course lists: a known one's, if they say the same."""
    text = essence(text)
    for slug, said in known.items():
        same = same_statement(essence(said), text, least=SAME)
        if same and slug.startswith(SAID):
            return slug
    said = "\n".join(sorted(words(text))) or text.casefold()
    return SAID + hashlib.sha256(said.encode()).hexdigest()[:16]


def essence(text: str) -> str:
    """What is said to be so, without "I always thought that" in front of it."""
    return _OPENING.sub("", text.strip()) or text


def concept_of(text: str, content: CourseContent, likeness: Likeness) -> str | None:
    """The concept that these words are about."""
    listed = list(content.concepts.values())
    if not listed:
        return None
    about = [f"{one.title}. {one.explanation}" for one in listed]
    alike = likeness.between(text, about)
    value, found = max(zip(alike, listed, strict=True), key=lambda pair: pair[0])
    return found.slug if value >= ABOUT else None


def shared(one: str, other: str) -> float:
    """Share of the words of the shorter of two texts that stand in the other."""
    a, b = words(one), words(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
