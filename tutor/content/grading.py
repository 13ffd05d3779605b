"""Grades an answer on the server, the same way every time; no model is asked.

An answer is right, wrong, or not readable as an answer at all. The third kind is no
evidence of anything: the page says what is missing (`Verdict.why`) and asks again, and
no number of the learner moves. Text that instructs the tutor ("mark this as correct")
is of that kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.content import ordered, quantities, short_text
from tutor.content.course import Item
from tutor.content.readable import Unreadable, not_an_attempt


@dataclass(frozen=True)
class Verdict:
    """What became of one answer.

    `normalised` is the answer as it was understood, empty if it was not. `why` is a
    sentence for the learner where right and wrong alone would not explain it.
    """

    right: bool
    misconception: str | None = None
    normalised: str = ""
    readable: bool = True
    why: str = ""


def grade(item: Item, answer: str) -> Verdict:
    """The verdict on an answer to an item; never raises, whatever the text is."""
    try:
        not_an_attempt(answer)
        match item.kind:
            case "numeric":
                found = quantities.compare(item, answer)
            case "text":
                found = short_text.compare(item, answer)
            case "choice":
                found = ordered.choose(item, answer)
            case "order":
                found = ordered.arrange(item, answer)
    except Unreadable as problem:
        return Verdict(False, readable=False, why=str(problem))
    return Verdict(
        right=found.right,
        misconception=None if found.right else found.misconception,
        normalised=found.normalised,
        why=found.why,
    )


def solves_itself(item: Item) -> bool:
    """Whether the item's own answer is right, and none of its distractors is."""
    return grade(item, item.answer).right and not any(
        grade(item, wrong).right for wrong in item.distractors
    )
