"""What is next: one question, and why.

A due follow-up comes first, then what was left open, then a misconception that is held,
then a review that is due, then the first concept that is not mastered. What is mastered
is skipped. A function of the learner's state, the course and what was asked before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tutor.content.course import CourseContent, Item
from tutor.learner.evidence import SITTING
from tutor.learner.state import LearnerState, MisconceptionState
from tutor.models.lesson import Purpose, QuestionState

ENOUGH = 3
"""Unaided successes with one concept in a sitting: more of them prove little today."""
LIKELY = 0.75
"""Expected share of right answers from which what builds on a concept may begin."""
DIAGNOSTIC = 5
"""Questions of a diagnostic at most: it halves what is left with each."""
LEFT_OPEN = timedelta(days=30)
"""What was left open longer ago is taken up like anything else."""


@dataclass(frozen=True)
class Asked:
    """A question that was put in this course before, newest last.

    `unaided`: it was answered right at the first try, without a hint.
    """

    item: str
    concept: str
    purpose: str
    state: str
    at: datetime
    unaided: bool
    here: bool


@dataclass(frozen=True)
class Step:
    """The next question. `about` is the misconception it would show, if that is why."""

    item: str
    concept: str
    purpose: Purpose
    about: str = ""
    follow_up: str = ""


@dataclass(frozen=True)
class Situation:
    """All that the choice depends on. `placed_at` is where a diagnostic put them."""

    content: CourseContent
    state: LearnerState
    asked: Sequence[Asked]
    now: datetime
    placed_at: str = ""


def next_step(at: Situation) -> Step | None:
    """The next question; None when there is nothing to ask today."""
    for find in (_owed, _left_open, _held, _due, next_new):
        step = find(at)
        if step is not None:
            return step
    return None


def next_of_diagnostic(at: Situation) -> Step | None:
    """The concept in the middle of what may still be the first unknown one."""
    order = [c.slug for c in at.content.in_order()]
    low, high, count = bounds(order, at.asked)
    if low >= high or count >= DIAGNOSTIC:
        return None
    concept = order[(low + high) // 2]
    item = choose(at, at.content.items_of(concept))
    if item is None:
        return None
    return Step(item.slug, concept, Purpose.DIAGNOSTIC)


def placed(at: Situation) -> str:
    """Where to begin after the diagnostic; "" at the very beginning."""
    order = [c.slug for c in at.content.in_order()]
    low, _, _ = bounds(order, at.asked)
    if not low:
        return ""
    return order[min(low, len(order) - 1)]


def bounds(order: Sequence[str], asked: Sequence[Asked]) -> tuple[int, int, int]:
    """The half-open range that holds the first unknown concept, and answers so far."""
    low, high, count = 0, len(order), 0
    for question in asked:
        if not question.here or question.purpose != Purpose.DIAGNOSTIC:
            continue
        if question.state == QuestionState.OPEN or question.concept not in order:
            continue
        count += 1
        place = order.index(question.concept)
        if question.unaided:
            low = max(low, place + 1)
        else:
            high = min(high, place)
    return low, max(low, high), count


def choose(at: Situation, items: Iterable[Item], about: str = "") -> Item | None:
    """One that was not asked in this sitting: a new one, else the one longest ago.

    What was set aside in it may come again, when there is nothing newer. Of equally new ones those come first that would show the misconception `about`, and
    probes of other misconceptions last: they are kept for their purpose.
    """
    last = {question.item: question.at for question in at.asked}
    done = {
        question.item
        for question in at.asked
        if at.now - question.at < SITTING and question.state != QuestionState.SET_ASIDE
    }
    free = [item for item in items if item.slug not in done]

    def rank(item: Item) -> tuple[bool, int, float]:
        before = last.get(item.slug)
        probes = 0 if item.probe_for == about else 1 if about in item.exposes else 2
        return before is not None, probes if about else _kept(item), _age(before)

    return min(free, key=rank, default=None)


def _kept(item: Item) -> int:
    return 1 if item.probe_for else 0


def _age(before: datetime | None) -> float:
    return before.timestamp() if before else 0.0


def _owed(at: Situation) -> Step | None:
    raised = {
        question.concept
        for question in at.asked
        if question.here and question.purpose == Purpose.FOLLOW_UP
    }
    for owed in at.state.follow_ups:
        if owed.due_at > at.now or owed.concept in raised:
            continue  # each is raised once in a lesson
        item = at.content.items.get(owed.item)
        step = (
            Step(item.slug, item.concept, Purpose.FOLLOW_UP)
            if item and not _is_of_today(at, item.slug)
            else _on(at, owed.concept, Purpose.FOLLOW_UP, owed.misconception)
        )
        if step is not None:
            return replace(step, about=owed.misconception, follow_up=owed.id)
    return None


def _is_of_today(at: Situation, item: str) -> bool:
    return any(q.item == item and at.now - q.at < SITTING for q in at.asked)


def _left_open(at: Situation) -> Step | None:
    before = [q for q in at.asked if not q.here and q.state == QuestionState.OPEN]
    if not before:
        return None
    question = before[-1]
    item = at.content.items.get(question.item)
    if item is None or at.now - question.at > LEFT_OPEN:
        return None
    return Step(item.slug, item.concept, Purpose.PRACTICE)


def _held(at: Situation) -> Step | None:
    return _probe(at, at.state.active())


def _probe(at: Situation, beliefs: Iterable[MisconceptionState]) -> Step | None:
    for belief in beliefs:
        if belief.slug not in at.content.misconceptions:
            continue
        if _shown_today(at, belief.slug):
            continue  # the next proof of it has to be a later one
        item = choose(at, at.content.probes_of(belief.slug), belief.slug)
        if item is not None:
            return Step(item.slug, item.concept, Purpose.PROBE, belief.slug)
    return None


def _shown_today(at: Situation, slug: str) -> bool:
    """Whether an item that would show it was answered unaided in this sitting."""
    return any(
        question.unaided
        and at.now - question.at < SITTING
        and (item := at.content.items.get(question.item)) is not None
        and slug in item.exposes
        for question in at.asked
    )


def _due(at: Situation) -> Step | None:
    """What was mastered or resolved, and has to be seen again; the longest due first."""
    watched = [
        belief
        for belief in (*at.state.previously(), *at.state.weak())
        if belief.due_at is not None and belief.due_at <= at.now
    ]
    if step := _probe(at, watched):
        return step
    for known in at.state.due():
        if not _asked_today(at, known.concept):
            step = _on(at, known.concept, Purpose.REVIEW)
            if step is not None:
                return step
    return None


def next_new(at: Situation) -> Step | None:
    """The first concept that is not mastered and whose ground is laid."""
    order = [concept.slug for concept in at.content.in_order()]
    first = order.index(at.placed_at) if at.placed_at in order else 0
    for slug in (*order[first:], *order[:first]):
        if at.state.concept(slug).mastered or enough_today(at, slug):
            continue
        if slug in order[first:] and not _is_ready(at, slug, set(order[:first])):
            continue
        step = _on(at, slug, Purpose.PRACTICE)
        if step is not None:
            return step
    return None


def _is_ready(at: Situation, slug: str, presumed: set[str]) -> bool:
    """Whether what it builds on is known well enough to go on."""
    for needed in at.content.concepts[slug].prerequisites:
        if needed in presumed or needed not in at.content.concepts:
            continue
        known = at.state.concept(needed)
        if not (known.mastered or known.mean >= LIKELY):
            return False
    return True


def enough_today(at: Situation, concept: str) -> bool:
    """Whether the concept has had what one sitting can prove."""
    unaided = sum(
        question.unaided and question.concept == concept
        for question in at.asked
        if at.now - question.at < SITTING
    )
    return unaided >= ENOUGH


def _asked_today(at: Situation, concept: str) -> bool:
    return any(
        question.concept == concept
        and question.state != QuestionState.OPEN
        and at.now - question.at < SITTING
        for question in at.asked
    )


def _on(at: Situation, concept: str, purpose: Purpose, about: str = "") -> Step | None:
    if concept not in at.content.concepts:
        return None
    held = about or next((belief.slug for belief in at.state.active(concept)), "")
    items = at.content.probes_of(held) if about else []
    item = choose(at, items or at.content.items_of(concept), held)
    return Step(item.slug, concept, purpose, held) if item else None
