"""What is next: follow-up, pending, misconception, review, new; mastered is skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from tutor.content.course import CourseContent
from tutor.content.library import builtin
from tutor.learner.evidence import Kind, Piece
from tutor.learner.state import FollowUpState, LearnerState, state_of
from tutor.lessons import policy
from tutor.lessons.policy import Asked, Situation, next_step
from tutor.models.lesson import Purpose

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@cache
def networks() -> CourseContent:
    return builtin("computer-networks").content


def order() -> list[str]:
    return [concept.slug for concept in networks().in_order()]


def right(concept: str, at: datetime, number: int = 0) -> Piece:
    return Piece(number, concept, Kind.OPEN, at, ok=True, item=f"{concept}-{number}")


def mastered(*concepts: str, since: timedelta = timedelta(hours=1)) -> list[Piece]:
    """Six unaided successes each, a day apart, the last of them `since` ago."""
    return [
        right(concept, NOW - since - (5 - n) * DAY, 10 * place + n)
        for place, concept in enumerate(concepts)
        for n in range(6)
    ]


def at(
    pieces: Sequence[Piece] = (),
    asked: Sequence[Asked] = (),
    owed: Sequence[FollowUpState] = (),
) -> Situation:
    state = state_of(pieces, NOW, follow_ups=owed)
    return Situation(networks(), state, asked, NOW)


def was_asked(item: str, **changes: object) -> Asked:
    known = networks().items[item]
    asked = Asked(item, known.concept, "practice", "right", NOW, True, True)
    return replace(asked, **changes)  # type: ignore[arg-type]  # a test's shorthand


def test_a_new_learner_begins_with_the_first_concept() -> None:
    step = next_step(at())
    assert step is not None
    assert (step.concept, step.purpose) == (order()[0], Purpose.PRACTICE)


def test_what_is_mastered_and_fresh_is_never_taught() -> None:
    """Check 3."""
    known = order()[:2]
    situation = at(mastered(*known))
    assert all(situation.state.concept(slug).mastered for slug in known)
    seen = []
    for _ in range(6):
        step = next_step(situation)
        assert step is not None
        seen.append(step.concept)
        item = was_asked(step.item)
        situation = replace(situation, asked=[*situation.asked, item])
    assert not set(seen) & set(known)


def test_a_due_follow_up_comes_before_everything_and_once() -> None:
    """Check 4."""
    concept = order()[3]
    owed = FollowUpState("f1", "Subnets on Friday", NOW - DAY, concept=concept)
    first = next_step(at(owed=[owed]))
    assert first is not None
    assert (first.concept, first.purpose) == (concept, Purpose.FOLLOW_UP)
    assert first.follow_up == "f1"
    raised = was_asked(first.item, purpose="follow_up")
    second = next_step(at(owed=[owed], asked=[raised]))
    assert second is not None
    assert second.purpose != Purpose.FOLLOW_UP


def test_a_follow_up_that_is_not_due_is_not_raised() -> None:
    """Check 4."""
    owed = FollowUpState("f1", "Later", NOW + timedelta(minutes=1), concept=order()[3])
    step = next_step(at(owed=[owed]))
    assert step is not None
    assert step.purpose == Purpose.PRACTICE


def test_what_was_left_open_comes_before_what_is_new() -> None:
    item = networks().items_of(order()[2])[0].slug
    left = was_asked(item, state="open", here=False, at=NOW - DAY, unaided=False)
    step = next_step(at(asked=[left]))
    assert step is not None
    assert step.item == item


def test_an_active_misconception_is_probed_before_reviews_and_new_things() -> None:
    belief = next(iter(networks().misconceptions.values()))
    shows = [
        Piece(
            n,
            belief.concept,
            Kind.CHOICE,
            NOW - DAY,
            ok=False,
            item=f"i{n}",
            misconception=belief.slug,
        )
        for n in (1, 2)
    ]
    situation = at([*shows, *mastered(order()[1], since=400 * DAY)])
    assert situation.state.active()
    assert situation.state.due()
    step = next_step(situation)
    assert step is not None
    assert (step.purpose, step.about) == (Purpose.PROBE, belief.slug)
    assert belief.slug in networks().items[step.item].exposes


def test_a_due_review_comes_before_what_is_new() -> None:
    concept = order()[0]
    step = next_step(at(mastered(concept, since=400 * DAY)))
    assert step is not None
    assert (step.concept, step.purpose) == (concept, Purpose.REVIEW)


def test_the_same_item_is_not_asked_twice_in_a_sitting() -> None:
    situation = at()
    asked: list[str] = []
    while (step := next_step(situation)) is not None and len(asked) < 30:
        assert step.item not in asked
        asked.append(step.item)
        item = was_asked(step.item, unaided=False)
        situation = replace(situation, asked=[*situation.asked, item])
    assert asked


def test_a_concept_rests_when_a_sitting_can_prove_no_more() -> None:
    concept = order()[0]
    items = networks().items_of(concept)[: policy.ENOUGH]
    pieces = [right(concept, NOW - timedelta(minutes=n), n) for n in range(3)]
    step = next_step(at(pieces, [was_asked(item.slug) for item in items]))
    assert step is not None
    assert step.concept != concept


def test_nothing_is_begun_whose_ground_is_not_laid() -> None:
    """With all items of the first concept asked and failed, nothing builds on it."""
    first = order()[0]
    asked = [was_asked(i.slug, unaided=False) for i in networks().items_of(first)]
    step = next_step(at(asked=asked))
    if step is not None:
        assert first not in networks().concepts[step.concept].prerequisites


def test_a_diagnostic_halves_what_is_left() -> None:
    for known in range(len(order()) + 1):
        situation, count = at(), 0
        while (step := policy.next_of_diagnostic(situation)) is not None:
            count += 1
            can = order().index(step.concept) < known
            item = was_asked(step.item, purpose="diagnostic", unaided=can)
            situation = replace(situation, asked=[*situation.asked, item])
        assert count <= policy.DIAGNOSTIC
        where = policy.placed(situation)
        place = order().index(where) if where else 0
        assert place <= known, "nobody is placed beyond what they know"


def test_a_state_without_anything_is_no_error() -> None:
    empty: LearnerState = state_of([], NOW)
    nothing = replace(networks(), concepts={}, items={})
    assert next_step(Situation(nothing, empty, [], NOW)) is None
