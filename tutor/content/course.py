"""A course as the tutor works with it: concepts, items, hints, misconceptions.

Plain frozen values without a database, made by `tutor.content.reading` from files and
held by `tutor.content.library`. The expected answers are in here, so none of this goes
to a model or a page as it is; `Item.prompt` and `Item.choices` are what may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["numeric", "text", "choice", "order"]
Form = Literal["", "exact", "lowest", "mixed", "decimal", "fraction"]
Rung = Literal["nudge", "similar", "answer"]

KINDS: tuple[str, ...] = get_args(Kind)
FORMS: tuple[str, ...] = get_args(Form)
LEVELS = 4  # two nudges, a worked similar case, the answer: what a full ladder has


@dataclass(frozen=True)
class Hint:
    """One counted step of a ladder. `level` counts from 1; the last one is the answer."""

    level: int
    text: str
    rung: Rung = "nudge"


@dataclass(frozen=True)
class Concept:
    """Something to master. `example` is a case worked aloud, `prerequisites` slugs."""

    slug: str
    title: str
    explanation: str
    prerequisites: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Misconception:
    """A wrong idea that explains wrong answers, and what is true instead."""

    slug: str
    concept: str
    statement: str
    correction: str


@dataclass(frozen=True)
class Item:
    """One question that the server can grade.

    `choices` are what is shown, in the order shown (kinds `choice` and `order`).
    `answer` is the right choice's text, the right order's lines, a number or a few
    words; `accepts` are other right answers of kind `text`. `distractors` maps a wrong
    answer (a choice's text, a number, a text) to the misconception that it betrays.
    """

    slug: str
    concept: str
    kind: Kind
    prompt: str
    answer: str
    choices: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    probe_for: str | None = None
    distractors: Mapping[str, str] = field(default_factory=dict)
    form: Form = ""
    unit: str = ""
    tolerance: str = ""
    solve: str = ""
    """How tests work the answer out by themselves. The site never runs it."""

    @property
    def exposes(self) -> frozenset[str]:
        """The misconceptions that would show here, if the learner held them."""
        probed = {self.probe_for} if self.probe_for else set()
        return frozenset(probed | set(self.distractors.values()))

    def hint(self, level: int) -> Hint | None:
        """The step of that level, None past the end of the ladder."""
        return self.hints[level - 1] if 0 < level <= len(self.hints) else None


@dataclass(frozen=True)
class CourseContent:
    """All that a course teaches. The mappings keep the order of the files."""

    slug: str
    title: str
    concepts: Mapping[str, Concept]
    items: Mapping[str, Item]
    misconceptions: Mapping[str, Misconception]

    def items_of(self, concept: str) -> list[Item]:
        """The items of one concept, in their order."""
        return [item for item in self.items.values() if item.concept == concept]

    def misconceptions_of(self, concept: str) -> list[Misconception]:
        """What one may get wrong about a concept."""
        return [m for m in self.misconceptions.values() if m.concept == concept]

    def probes_of(self, misconception: str) -> list[Item]:
        """Items that would expose a misconception, those made for it first."""
        found = [i for i in self.items.values() if misconception in i.exposes]
        return sorted(found, key=lambda item: item.probe_for != misconception)

    def in_order(self) -> list[Concept]:
        """Every concept behind all of its prerequisites, otherwise as in the files."""
        placed: dict[str, Concept] = {}
        waiting = list(self.concepts.values())
        while waiting:
            free = [c for c in waiting if placed.keys() >= self._known(c)]
            chosen = free[0] if free else waiting[0]  # a cycle: the validator says so
            placed[chosen.slug] = chosen
            waiting.remove(chosen)
        return list(placed.values())

    def _known(self, concept: Concept) -> set[str]:
        return {slug for slug in concept.prerequisites if slug in self.concepts}
