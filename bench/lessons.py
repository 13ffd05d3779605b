"""Runs simulated learners through lessons and compares what is believed with the truth.

Every teacher gets learners of the same parameters and seeds, the same days and the same
ladder of hints behind a wrong answer; only what is asked and what is believed differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from bench.simulated_learners import KINDS, Kind, SimulatedLearner
from bench.teachers import Teacher
from tutor.content.course import CourseContent, Item

BEGIN = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
A_LESSON = 12
"""Answers in a lesson at most, second attempts among them."""
LADDER = 2
"""Hints before the answer is shown."""
MINUTE = timedelta(minutes=1)
LATER = timedelta(days=30)


@dataclass
class Agreement:
    """Counts of beliefs against the truth."""

    both: int = 0
    neither: int = 0
    claimed: int = 0
    missed: int = 0

    def add(self, *, believed: bool, true: bool) -> None:
        """One belief."""
        if believed:
            self.both += true
            self.claimed += not true
        else:
            self.missed += true
            self.neither += not true

    @property
    def n(self) -> int:
        """Beliefs."""
        return self.both + self.neither + self.claimed + self.missed

    @property
    def share(self) -> float:
        """Of beliefs that are true."""
        return (self.both + self.neither) / max(1, self.n)

    @property
    def kappa(self) -> float:
        """Agreement beyond chance (Cohen)."""
        yes = (self.both + self.claimed) * (self.both + self.missed)
        no = (self.neither + self.missed) * (self.neither + self.claimed)
        chance = (yes + no) / max(1, self.n) ** 2
        return (self.share - chance) / (1 - chance) if chance < 1 else 0.0

    @property
    def false_share(self) -> float:
        """Of what is claimed, the share that is not so."""
        return self.claimed / max(1, self.claimed + self.both)


@dataclass
class Outcome:
    """One teacher's results: agreement per lesson, and what it cost and brought."""

    mastery: dict[int, Agreement] = field(default_factory=dict)
    errors: dict[int, Agreement] = field(default_factory=dict)
    questions: dict[int, int] = field(default_factory=dict)
    known: list[float] = field(default_factory=list)
    known_later: list[float] = field(default_factory=list)
    learners: int = 0

    def whole(self, of: dict[int, Agreement], last: int = 10**6) -> Agreement:
        """All lessons up to `last` together."""
        total = Agreement()
        for lesson, one in of.items():
            if lesson <= last:
                for name in ("both", "neither", "claimed", "missed"):
                    setattr(total, name, getattr(total, name) + getattr(one, name))
        return total

    def agreement(self, lesson: int) -> float:
        """Share of true beliefs about concepts and misconceptions after a lesson."""
        one, other = self.mastery[lesson], self.errors[lesson]
        right = one.both + one.neither + other.both + other.neither
        return right / (one.n + other.n)

    @property
    def mean_agreement(self) -> float:
        """Over all lessons."""
        return sum(map(self.agreement, self.mastery)) / len(self.mastery)

    @property
    def questions_each(self) -> float:
        """Answers that a learner gave in all."""
        return sum(self.questions.values()) / max(1, self.learners)


def teach(
    make: Callable[[CourseContent], Teacher],
    contents: Sequence[CourseContent],
    *,
    learners: int,
    lessons: int,
    seed: int,
    kinds: Sequence[Kind] = KINDS,
) -> dict[str, Outcome]:
    """The results by kind of learner, and of all under ""."""
    outcomes = {"": Outcome()} | {kind.name: Outcome() for kind in kinds}
    for kind in kinds:
        for content in contents:
            for number in range(learners):
                rng = Random(f"{seed}/{kind.name}/{content.slug}/{number}")
                into = [outcomes[""], outcomes[kind.name]]
                _one(make(content), content, kind, rng, lessons, into)
    return outcomes


def _one(
    teacher: Teacher,
    content: CourseContent,
    kind: Kind,
    rng: Random,
    lessons: int,
    into: Sequence[Outcome],
) -> None:
    days = [0]
    while len(days) < lessons:
        days.append(days[-1] + rng.randint(1, 4))
    learner = SimulatedLearner(content, kind, rng, BEGIN)
    met: set[str] = set()  # errors that this teacher has had occasion to see
    for number, day in enumerate(days, start=1):
        now = BEGIN + timedelta(days=day)
        learner.sleep_until(now)
        teacher.begin(now)
        answers = 0
        while answers < A_LESSON and (item := teacher.ask(now)) is not None:
            met |= item.exposes
            given, now = answered(teacher, learner, item, now)
            answers += given
        _compare(teacher, learner, content, met, now, number, answers, into)
    for outcome in into:
        outcome.learners += 1
        outcome.known.append(_known(learner, content, now))
        outcome.known_later.append(_known(learner, content, now + LATER))


def answered(
    teacher: Teacher, learner: SimulatedLearner, item: Item, now: datetime
) -> tuple[int, datetime]:
    """One question with its ladder: how many answers it took, and the time then."""
    for hints in range(LADDER + 1):
        now += MINUTE
        answer = learner.answer(item, now, hints)
        teacher.see(item, answer, hints, now)
        if answer.right:
            break
    else:
        teacher.show(item, now)
    learner.corrected(item, now)
    return hints + 1, now


def _compare(
    teacher: Teacher,
    learner: SimulatedLearner,
    content: CourseContent,
    met: set[str],
    now: datetime,
    lesson: int,
    answers: int,
    into: Sequence[Outcome],
) -> None:
    known, held = teacher.known(now), teacher.held(now)
    true = {slug for slug in content.concepts if learner.knows(slug, now)}
    for outcome in into:
        mastery = outcome.mastery.setdefault(lesson, Agreement())
        errors = outcome.errors.setdefault(lesson, Agreement())
        for slug in content.concepts:
            mastery.add(believed=slug in known, true=slug in true)
        for slug in met & content.misconceptions.keys():
            errors.add(believed=slug in held, true=slug in learner.held)
        outcome.questions[lesson] = outcome.questions.get(lesson, 0) + answers


def _known(learner: SimulatedLearner, content: CourseContent, now: datetime) -> float:
    """The share of the course that is truly known."""
    known = [learner.knows(slug, now) for slug in content.concepts]
    return sum(known) / len(known)
