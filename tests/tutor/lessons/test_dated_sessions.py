"""Twenty composed learners, six dated sessions each: what was seen, what is known of it
on a day, and what is done then. Every answer is exact; nobody judges.

Each learner holds another misconception of the built-in courses. The outcomes are
scripted, and what is to come of them follows from the rules alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import cycle, islice

import pytest

from tests.tutor.learner.pieces import Told, day
from tutor.content.course import CourseContent
from tutor.content.library import builtin, builtin_slugs
from tutor.learner.evidence import Kind
from tutor.learner.misconception import Standing
from tutor.learner.state import LearnerState, state_of
from tutor.lessons.policy import Situation, Step, next_new, next_step
from tutor.models.lesson import Purpose

SESSIONS = (0, 2, 7, 13, 15, 40)
LEARNERS = 20


@dataclass(frozen=True)
class Learner:
    """Somebody who holds `error`; `firm` comes to be mastered, `fading` is forgotten."""

    course: CourseContent
    error: str

    @property
    def concept(self) -> str:
        return self.course.misconceptions[self.error].concept

    @property
    def firm(self) -> str:
        return self._others[0]

    @property
    def fading(self) -> str:
        return self._others[1]

    @cached_property
    def _others(self) -> list[str]:
        order = [concept.slug for concept in self.course.in_order()]
        return [slug for slug in order if slug != self.concept]

    @cached_property
    def told(self) -> Told:
        """All six sessions."""
        said, about = Told(), {"concept": self.concept, "exposes": (self.error,)}
        held = {"concept": self.concept, "misconception": self.error}
        for number in SESSIONS[:4]:
            said.right(day(number, 50), concept=self.firm)
        # On the first three of its due dates, and once missed.
        for number, ok in ((0, True), (2, True), (13, False), (15, True)):
            said.add(Kind.OPEN, day(number, 55), ok=ok, concept=self.fading)
        said.add(Kind.STATED, day(0), **held)
        self._tries_a_picture(said, 0)
        said.add(Kind.ASSERTED, day(0, 5), **held)
        said.right(day(0, 6), hints=2, **about)
        said.right(day(2, 1), **about)
        said.right(day(7, 1), **about)
        self._tries_a_picture(said, 15)
        return said

    def _tries_a_picture(self, said: Told, session: int) -> None:
        """It is explained with a picture, and the next answer shows the error."""
        at, held = day(session, 1), {"misconception": self.error}
        said.add(Kind.APPROACH, at, concept=self.concept, text="picture")
        said.wrong(day(session, 2), concept=self.concept, **held)

    def on(self, at: datetime) -> LearnerState:
        """What is believed then, of what had been seen by then."""
        return state_of([p for p in self.told.pieces if p.at <= at], at)

    def after(self, session: int) -> LearnerState:
        """At the end of the session of that day."""
        return self.on(day(session, 59))

    def next(self, days: float) -> Step | None:
        """What a lesson on that day begins with."""
        at = day(days)
        return next_step(Situation(self.course, self.on(at), (), at))


def composed() -> list[Learner]:
    """So many learners, from all courses in turn."""
    contents = [builtin(slug).content for slug in builtin_slugs()]
    errors = [iter(sorted(content.misconceptions)) for content in contents]
    each = cycle(zip(contents, errors, strict=True))
    return [Learner(course, next(left)) for course, left in islice(each, LEARNERS)]


@pytest.fixture(params=composed(), ids=lambda one: f"{one.course.slug}/{one.error}")
def learner(request: pytest.FixtureRequest) -> Learner:
    found: Learner = request.param
    return found


def test_which_misconceptions_are_active_on_a_day(learner: Learner) -> None:
    active = {
        number: [one.slug for one in learner.after(number).active()]
        for number in SESSIONS
    }
    held = [learner.error]
    assert active == {0: held, 2: [], 7: [], 13: [], 15: held, 40: held}


def test_how_surely_it_was_held_on_each_of_these_days(learner: Learner) -> None:
    beliefs = {n: learner.after(n).misconceptions[learner.error] for n in SESSIONS}
    c = {number: round(belief.c, 4) for number, belief in beliefs.items()}
    assert c == {0: 0.8104, 2: 0.4872, 7: 0.1743, 13: 0.1743, 15: 0.6281, 40: 0.6281}
    assert [beliefs[number].state for number in SESSIONS] == [
        *(Standing.ACTIVE, Standing.WEAK, Standing.RESOLVED, Standing.RESOLVED),
        *(Standing.RELAPSED, Standing.RELAPSED),
    ]


def test_which_two_turns_resolved_it(learner: Learner) -> None:
    resolved = learner.after(7).misconceptions[learner.error]
    assert resolved.resolved_at == day(7, 1)
    pieces = {piece.id: piece for piece in learner.told.pieces}
    assert [pieces[n].at for n in resolved.evidence[-2:]] == [day(2, 1), day(7, 1)]
    assert [one.slug for one in learner.after(13).previously()] == [learner.error]


def test_which_concept_is_due_on_a_day(learner: Learner) -> None:
    def due(days: float) -> bool:
        concepts = {one.concept for one in learner.on(day(days)).due()}
        return learner.fading in concepts

    # In the morning of each day; the session itself comes later.
    told = {n: due(n) for n in (1, 2, 3, 12, 13, 14, 15, 19, 20)}
    assert told == {
        1: False,
        2: True,
        3: False,
        12: False,
        13: True,
        14: False,
        15: True,
        19: False,
        20: True,
    }


def test_which_approach_failed(learner: Learner) -> None:
    failed = {n: learner.after(n).avoided(learner.concept) for n in SESSIONS}
    once, twice = frozenset[str](), frozenset({"picture"})
    assert failed == {n: twice if n >= 15 else once for n in SESSIONS}
    assert not learner.after(40).avoided(learner.firm)


def test_what_must_not_be_taught_again(learner: Learner) -> None:
    before, since = learner.after(7), learner.after(13)
    assert not before.concept(learner.firm).mastered
    assert since.concept(learner.firm).mastered_at == day(13, 50)
    for session, state in ((7, before), (13, since)):
        now = day(session, 59)
        at = Situation(learner.course, state, (), now, placed_at=learner.firm)
        step = next_new(at)
        taught = step.concept if step else ""
        assert (taught == learner.firm) == (session == 7)


def test_what_is_held_is_probed_first_and_what_is_resolved_is_not(
    learner: Learner,
) -> None:
    for days in (1, 16):
        step = learner.next(days)
        assert step is not None
        assert (step.purpose, step.about) == (Purpose.PROBE, learner.error)
    later = learner.next(7.5)
    assert later is None or later.about != learner.error
