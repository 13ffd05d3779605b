"""Learners whose true state is known, so that what is believed of them can be checked.

They are made by another kind of model than the one that estimates them: item response
(ability against the item's difficulty, with guessing and slips), abilities that grow
with practice and are forgotten along a curve of their own, and errors that are held or
not, show in most items that expose them, go when corrected and sometimes come back.
Nothing here reads the tutor's learner model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from tutor.content.course import CourseContent, Item

DIFFICULTY_SD = 0.7
HINT = 0.9
"""Logits that each step of a hint ladder makes an item easier by."""
OPEN_GUESS = 0.02
KNOWS = 0.75
"""True share of a concept's items answered right, unaided, from which it is known."""


@dataclass(frozen=True)
class Kind:
    """One set of parameters; rates are per answer, forgetting in days.

    `ability` is the starting logit and `spread` its standard deviation over concepts,
    `gain` what an answer with its correction adds, `ceiling` where that ends. `half`
    is how long half of what was gained lasts after one practice, `spacing` the factor
    by which practice on another day lengthens it. `slip` is a wrong answer in spite of
    knowing. `holds` is the share of errors held at first, `shows` how often a held one
    shows, `unlearns` how often a correction ends it, `relapse` how often a day brings
    an ended one back.
    """

    name: str
    ability: float = -0.8
    spread: float = 1.0
    gain: float = 0.55
    ceiling: float = 3.2
    half: float = 6.0
    spacing: float = 1.7
    slip: float = 0.05
    holds: float = 0.35
    shows: float = 0.85
    unlearns: float = 0.35
    relapse: float = 0.006


KINDS = (
    Kind("typical"),
    Kind("quick", ability=-0.2, gain=0.9, half=10.0, unlearns=0.5),
    Kind("slow", ability=-1.4, gain=0.3, half=5.0),
    Kind("forgetful", half=2.5, spacing=1.4, relapse=0.015),
    Kind("careless", ability=0.4, slip=0.16, holds=0.15),
    Kind("misled", holds=0.75, shows=0.92, unlearns=0.2, relapse=0.012),
)

TUNING = (
    Kind("average", -0.5, 1.0, 0.45, 3.2, 8.0, 1.7, 0.04, 0.3, 0.8, 0.4, 0.004),
    Kind("weak", -1.2, 1.0, 0.4, 3.2, 4.0, 1.7, 0.07, 0.5, 0.88, 0.25, 0.01),
    Kind("strong", 0.5, 1.0, 0.7, 3.2, 12.0, 1.7, 0.03, 0.2, 0.75, 0.5, 0.003),
    Kind("sloppy", 0.0, 1.0, 0.5, 3.2, 6.0, 1.7, 0.12, 0.25, 0.8, 0.3, 0.008),
)
"""What rules are chosen on (`--tuning`). No figure that is reported comes from these."""


def drawn(seed: int, count: int) -> tuple[Kind, ...]:
    """Kinds of learners that nobody chose: every parameter drawn from a range."""
    rng = Random(seed)
    return tuple(
        Kind(
            f"drawn {number}",
            ability=rng.uniform(-1.5, 0.5),
            spread=rng.uniform(0.6, 1.3),
            gain=rng.uniform(0.3, 0.9),
            half=rng.uniform(2.5, 12.0),
            spacing=rng.uniform(1.3, 2.0),
            slip=rng.uniform(0.02, 0.15),
            holds=rng.uniform(0.15, 0.75),
            shows=rng.uniform(0.7, 0.95),
            unlearns=rng.uniform(0.15, 0.5),
            relapse=rng.uniform(0.002, 0.015),
        )
        for number in range(1, count + 1)
    )


@dataclass(frozen=True)
class Answer:
    """One answer: right or not, and the misconception that a wrong one betrays."""

    right: bool
    misconception: str = ""


class SimulatedLearner:
    """One learner in one course, who answers, learns and forgets."""

    def __init__(
        self, content: CourseContent, kind: Kind, rng: Random, now: datetime
    ) -> None:
        self._content, self._kind, self._rng = content, kind, rng
        general = rng.gauss(0, 0.5)
        self._base = {
            slug: kind.ability + general + rng.gauss(0, kind.spread)
            for slug in content.concepts
        }
        self._gained = dict.fromkeys(content.concepts, 0.0)
        self._half = dict.fromkeys(content.concepts, kind.half)
        self._practised = dict.fromkeys(content.concepts, now)
        difficulty = Random(content.slug)  # an item is as hard for everybody
        self._hard = {
            slug: difficulty.gauss(0, DIFFICULTY_SD) for slug in content.items
        }
        self.held = {
            slug for slug in content.misconceptions if rng.random() < kind.holds
        }
        self._ended: set[str] = set()
        self._slept = now

    def answer(self, item: Item, now: datetime, hints: int = 0) -> Answer:
        """What they answer; knows nothing of what the tutor believes."""
        shown = sorted(self.held & item.exposes)
        if shown and self._rng.random() < self._kind.shows * 0.6**hints:
            return Answer(False, self._rng.choice(shown))
        if self._rng.random() < self._p(item, now, hints):
            return Answer(True)
        return Answer(False, self._by_chance(item))

    def corrected(self, item: Item, now: datetime) -> None:
        """They were told whether it was right, and why: one more practice."""
        slug, kind = item.concept, self._kind
        left = self._left(slug, now)
        known = [self._level(p, now) for p in self._needs(item)]
        ready = 1.0 if not known else 1 / (1 + math.exp(-2 * (min(known) + 0.5)))
        room = max(0.0, kind.ceiling - self._base[slug] - left) / kind.ceiling
        if (now - self._practised[slug]).total_seconds() > 12 * 3600:
            self._half[slug] *= kind.spacing
        self._gained[slug] = left + kind.gain * ready * min(1.0, room)
        self._practised[slug] = now
        for error in sorted(self.held & item.exposes):
            if self._rng.random() < kind.unlearns:
                self.held.discard(error)
                self._ended.add(error)

    def sleep_until(self, now: datetime) -> None:
        """Days pass: errors that ended may come back."""
        days = max(0.0, (now - self._slept).total_seconds() / 86400)
        back = 1 - (1 - self._kind.relapse) ** days
        for error in sorted(self._ended):
            if self._rng.random() < back:
                self._ended.discard(error)
                self.held.add(error)
        self._slept = now

    def truth(self, concept: str, now: datetime) -> float:
        """The share of the concept's items they would answer right now, unaided."""
        items = self._content.items_of(concept)
        return sum(self._right(item, now) for item in items) / max(1, len(items))

    def knows(self, concept: str, now: datetime) -> bool:
        """Whether that is enough to call it known."""
        return self.truth(concept, now) >= KNOWS

    def _right(self, item: Item, now: datetime) -> float:
        shows = self._kind.shows if self.held & item.exposes else 0.0
        return (1 - shows) * self._p(item, now, 0)

    def _p(self, item: Item, now: datetime, hints: int) -> float:
        """Item response: three parameters and a slip."""
        logit = self._level(item.concept, now) - self._hard[item.slug] + HINT * hints
        guess = 1 / len(item.choices) if item.kind == "choice" else OPEN_GUESS
        return guess + (1 - guess - self._kind.slip) / (1 + math.exp(-logit))

    def _level(self, concept: str, now: datetime) -> float:
        return self._base[concept] + self._left(concept, now)

    def _left(self, concept: str, now: datetime) -> float:
        """What is left of what was gained: a power of time, no exponential."""
        days = max(0.0, (now - self._practised[concept]).total_seconds() / 86400)
        return self._gained[concept] / math.sqrt(1 + 3 * days / self._half[concept])

    def _needs(self, item: Item) -> Sequence[str]:
        concept = self._content.concepts[item.concept]
        return [slug for slug in concept.prerequisites if slug in self._base]

    def _by_chance(self, item: Item) -> str:
        """A wrong choice taken by chance may look like an error that is not held."""
        if item.kind != "choice":
            return ""
        wrong = [choice for choice in item.choices if choice != item.answer]
        return item.distractors.get(self._rng.choice(wrong), "") if wrong else ""
