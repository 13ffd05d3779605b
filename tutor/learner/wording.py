"""How a claim is put into words: short, hedged where it is a guess, no absolutes.

Words like "mastered", "always" or "never" are not used of a person: what is said is
what was seen, and how often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tutor.learner.approach import Approach
from tutor.learner.misconception import Standing
from tutor.learner.state import ConceptState, MisconceptionState

CHARS = 240


@dataclass(frozen=True)
class Names:
    """What a course calls its concepts and misconceptions, by slug."""

    concepts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    misconceptions: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def concept(self, slug: str) -> str:
        """The concept's title."""
        return self.concepts.get(slug) or slug.replace("-", " ")

    def misconception(self, slug: str) -> str:
        """What somebody believes who holds it."""
        return self.misconceptions.get(slug) or slug.replace("-", " ")


def concept(state: ConceptState, names: Names) -> str:
    """What a concept's atom says."""
    title = names.concept(state.concept)
    if state.mastered and state.hedged:
        return cut(f"Learner may still be able to use {title} unaided.")
    if state.mastered:
        return cut(f"Learner can use {title} unaided.")
    return cut(f"Learner has shown {title} before; it is due for a refresh.")


def misconception(state: MisconceptionState, names: Names) -> str:
    """What a misconception's atom says; the error itself comes last and is cut first."""
    error = names.misconception(state.slug)
    match state.state:
        case Standing.RESOLVED:
            said = "Learner previously believed, and to be watched"
        case Standing.RELAPSED:
            said = "Learner again seems to believe"
        case _:
            said = "Learner may believe" if state.hedged else "Learner believes"
    return cut(f"{said}: {error}")


def struggle(slug: str, names: Names) -> str:
    """What a struggle point's atom says."""
    return cut(f"Learner seems to be stuck on {names.concept(slug)}.")


def approach(one: Approach, names: Names) -> str:
    """What an approach's atom says: of one topic, and no trait of the person."""
    how = one.name.replace("-", " ")
    helped = "seems to help" if one.helped > one.not_helped else "has not helped so far"
    return cut(f"It {helped} to use {how} on {names.concept(one.concept)}.")


def goal(text: str, *, guessed: bool = False) -> str:
    """What a goal's atom says."""
    said = cut(text)
    own = said.casefold().startswith(("learner", "the learner"))
    if guessed:
        return cut(f"Perhaps a goal, to be asked about: {said}")
    return said if own else cut(f"Learner wants: {said}")


def follow_up(text: str, due_at: datetime) -> str:
    """What a follow-up's atom says."""
    return cut(f"To come back to on {due_at:%Y-%m-%d}: {text}")


def cut(text: str) -> str:
    """On one line and within the length of an atom."""
    line = " ".join(text.split())
    return line if len(line) <= CHARS else f"{line[: CHARS - 1].rstrip()}…"
