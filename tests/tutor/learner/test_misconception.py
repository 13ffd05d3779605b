"""The life of a misconception, by the numbers of the reference."""

from __future__ import annotations

import pytest

from tests.tutor.learner.pieces import CONCEPT, ERROR, Told, day
from tutor.learner.evidence import Kind
from tutor.learner.misconception import PRIOR, Standing, seen, unseen
from tutor.learner.state import LearnerState, MisconceptionState, state_of
from tutor.people.wording import of_misconception


def told(said: Told) -> MisconceptionState:
    return state_of(said.pieces, day(90)).misconceptions[ERROR]


def state(said: Told) -> LearnerState:
    return state_of(said.pieces, day(90))


def trajectory() -> Told:
    """The reference's: said, chosen, asserted, helped, probed, probed again."""
    said = Told()
    said.add(Kind.STATED, day(0), misconception=ERROR, quote="a /24 has 256 hosts")
    said.add(Kind.CHOICE, day(0, 5), ok=False, misconception=ERROR, quote="256")
    said.add(Kind.ASSERTED, day(0, 6), quote="oh I see")
    said.right(day(0, 8), hints=2, exposes=(ERROR,))
    said.right(day(0, 12), exposes=(ERROR,))
    said.right(day(3, 12), exposes=(ERROR,))
    return said


def test_the_trajectory_is_the_reference_s() -> None:
    """Check 24."""
    whole = trajectory().pieces
    beliefs = [state_of(whole[:n], day(90)).misconceptions[ERROR] for n in range(1, 7)]
    assert [round(one.c, 4) for one in beliefs] == [
        0.4815,
        0.8814,
        0.8661,
        0.8104,
        0.4872,
        0.1743,
    ]
    assert [one.state for one in beliefs] == [
        Standing.WEAK,
        *[Standing.ACTIVE] * 3,
        Standing.WEAK,  # below the border, and not yet probed on another day
        Standing.RESOLVED,
    ]


def test_a_slip_does_not_become_a_misconception() -> None:
    c = seen(PRIOR, 0.5)
    slip = [c, c := unseen(c, 1), unseen(c, 1)]
    assert [round(one, 4) for one in slip] == [0.4815, 0.1711, 0.0438]
    said = Told()
    said.wrong(day(0), misconception=ERROR, quote="256")
    said.right(day(0, 5), exposes=(ERROR,))
    said.right(day(0, 9), exposes=(ERROR,))
    assert told(said).state is Standing.WEAK
    assert not told(said).is_claimed


def test_one_wrong_answer_alone_is_only_a_signal() -> None:
    said = Told()
    said.wrong(day(0), misconception=ERROR, quote="256")
    assert told(said).c > 0.6
    assert not told(said).is_claimed
    assert not state(said).active()
    said.wrong(day(0, 9), misconception=ERROR, quote="512")
    assert told(said).state is Standing.ACTIVE


def test_an_unaided_answer_that_would_have_shown_it_makes_it_weak_until_it_shows() -> (
    None
):
    said = Told()
    said.wrong(day(0), misconception=ERROR, quote="256")
    said.wrong(day(1), misconception=ERROR, quote="512")
    said.right(day(1, 5), hints=1, exposes=(ERROR,))
    assert told(said).state is Standing.ACTIVE, "with a hint it proves little"
    said.right(day(1, 9), exposes=(ERROR,))
    assert told(said).state is Standing.WEAK
    assert told(said).c > 0.6
    assert of_misconception(told(said)) == "You may not think this any more:"
    said.wrong(day(2), misconception=ERROR, quote="1024")
    assert told(said).state is Standing.ACTIVE


def test_a_relapse_by_the_formula_alone() -> None:
    """Check 24."""
    once = seen(0.05, 1)
    assert round(once, 4) == 0.2963
    assert round(seen(once, 1), 4) == 0.7711


def test_a_relapse_re_opens_the_same_misconception_at_one_half_at_least() -> None:
    """Check 24."""
    said = trajectory()
    said.right(day(20), exposes=(ERROR,))
    assert told(said).c < 0.05
    said.wrong(day(40), misconception=ERROR, quote="256")
    again = told(said)
    assert again.state is Standing.RELAPSED
    assert again.c == 0.5
    assert again.relapses == 1
    assert again.is_active
    said.right(day(41), exposes=(ERROR,))
    assert told(said).state is Standing.RELAPSED
    said.right(day(42, 1), exposes=(ERROR,))
    assert told(said).state is Standing.RESOLVED
    assert len(state(said).misconceptions) == 1


def test_two_probes_in_one_day_resolve_nothing() -> None:
    """Check 24."""
    said = trajectory()
    said.pieces.pop()
    for minutes in (30, 45, 60):
        said.right(day(0, minutes), exposes=(ERROR,))
    assert told(said).c < 0.2
    assert told(said).state is Standing.WEAK
    assert told(said).is_claimed
    said.right(day(1, 12), exposes=(ERROR,))
    assert told(said).state is Standing.RESOLVED


def test_only_an_item_that_would_have_shown_the_error_speaks_against_it() -> None:
    said = trajectory()
    before = state_of(said.pieces[:2], day(90)).misconceptions[ERROR]
    other = Told(said.pieces[:2], said.numbers)
    for number in range(8):
        other.right(day(number + 1))
    assert told(other).c == before.c


def test_hinted_probes_lower_the_belief_and_resolve_nothing() -> None:
    said = Told(trajectory().pieces[:2])
    said.numbers = iter(range(10, 99))
    for number in range(12):
        said.right(day(number + 1), hints=1, exposes=(ERROR,))
    assert told(said).c < 0.2
    assert told(said).state is Standing.WEAK


@pytest.mark.parametrize(
    "words",
    ["my notes say I'm right", "please don't say I'm wrong", "I get it now"],
)
def test_words_alone_move_nothing_by_more_than_a_fiftieth(words: str) -> None:
    """Check 22."""
    said = Told(trajectory().pieces[:2])
    said.numbers = iter(range(10, 99))
    before, mean = told(said).c, state(said).concept(CONCEPT).mean
    for minute in range(5):
        said.add(Kind.ASSERTED, day(0, 10 + minute), quote=words)
    assert before - told(said).c <= 0.02
    assert state(said).concept(CONCEPT).mean == mean


def test_words_move_an_even_belief_by_a_fiftieth_at_most_too() -> None:
    said = Told()
    said.add(Kind.STATED, day(0), misconception=ERROR, quote="256 hosts")
    said.add(Kind.ASSERTED, day(0, 1), quote="I get it")
    assert seen(PRIOR, 0.5) - told(said).c == pytest.approx(0.02)


def test_saying_the_same_twice_in_a_sitting_counts_once() -> None:
    said = Told()
    for minute in range(4):
        said.add(Kind.STATED, day(0, minute), misconception=ERROR, quote="256 hosts")
    assert told(said).sightings == 1
    said.add(Kind.STATED, day(1), misconception=ERROR, quote="256 hosts")
    assert told(said).state is Standing.ACTIVE


def test_a_dispute_lowers_the_belief_and_deletes_no_evidence() -> None:
    said = Told(trajectory().pieces[:2])
    said.numbers = iter(range(10, 99))
    seen_before = told(said).evidence
    said.add(Kind.DISPUTED, day(1), misconception=ERROR, item="")
    disputed = told(said)
    assert disputed.c == PRIOR
    assert disputed.state is Standing.WEAK
    assert disputed.evidence[: len(seen_before)] == seen_before
    assert disputed.quote == "256"
    said.wrong(day(2), misconception=ERROR, quote="256")
    assert told(said).state is Standing.ACTIVE


def test_what_is_resolved_is_due_to_be_probed_again() -> None:
    resolved = told(trajectory())
    assert resolved.due_at is not None
    assert resolved.due_at > day(3)


def test_a_mastered_concept_may_hold_an_active_misconception() -> None:
    said = Told()
    for number in range(5):
        said.right(day(number))
    said.add(Kind.STATED, day(5), misconception=ERROR, quote="256 hosts")
    said.add(Kind.STATED, day(6), misconception=ERROR, quote="256 hosts")
    both = state(said)
    assert both.concept(CONCEPT).mastered
    assert [one.slug for one in both.active(CONCEPT)] == [ERROR]
