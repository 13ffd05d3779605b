"""The Beta counter and its gate, by the numbers of the reference."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.tutor.learner.pieces import CONCEPT, Told, day
from tutor.learner.days import begin
from tutor.learner.evidence import Kind
from tutor.learner.mastery import Beta
from tutor.learner.rules import GATE
from tutor.learner.state import ConceptState, state_of


def told(said: Told, now: float = 60) -> ConceptState:
    return state_of(said.pieces, day(now)).concept(CONCEPT)


@pytest.mark.parametrize(
    ("n", "mean", "cautious", "confidence"),
    [
        (0, 0.5, 0.211, 0.0),
        (1, 0.667, 0.431, 0.184),
        (2, 0.744, 0.546, 0.317),
        (3, 0.788, 0.617, 0.407),
        (4, 0.816, 0.663, 0.471),
        (5, 0.836, 0.697, 0.518),
        (6, 0.850, 0.722, 0.554),
    ],
)
def test_clean_unaided_successes_give_the_reference_table(
    n: int, mean: float, cautious: float, confidence: float
) -> None:
    said = Told()
    for number in range(n):
        said.right(day(0, number))
    seen = told(said)
    assert round(seen.mean, 3) == mean
    assert round(seen.cautious, 3) == cautious
    assert round(seen.confidence, 3) == pytest.approx(confidence)


def test_two_failures_after_four_successes() -> None:
    beta = Beta()
    for _ in range(4):
        beta = beta.seen(ok=True, weight=1)
    lows = [beta.cautious]
    for _ in range(2):
        beta = beta.seen(ok=False, weight=1)
        lows.append(beta.cautious)
    assert [round(low, 3) for low in lows] == [0.663, 0.496, 0.387]


def test_the_number_alone_would_let_ten_hinted_successes_pass() -> None:
    beta = Beta()
    for _ in range(10):
        beta = beta.seen(ok=True, weight=0.5, discount=0.9)
    assert round(beta.cautious, 3) == 0.653


def test_an_observation_of_no_weight_changes_nothing() -> None:
    beta = Beta(2.0, 1.0)
    assert beta.seen(ok=True, weight=0) == beta
    assert beta.seen(ok=False, weight=0) == beta


def test_ten_hinted_successes_never_pass_and_two_delayed_unaided_ones_do() -> None:
    """Check 23."""
    said = Told()
    for number in range(10):
        said.right(day(number), hints=1)
    hinted = told(said)
    assert hinted.cautious > GATE
    assert not hinted.mastered
    assert hinted.mastered_at is None
    said.right(day(11))
    assert not told(said).mastered  # one unaided success never passes
    said.right(day(12))
    assert told(said).mastered
    assert told(said).mastered_at == day(12)


def test_four_clean_successes_in_one_sitting_do_not_pass_before_a_delayed_one() -> None:
    said = Told()
    for number in range(6):
        said.right(day(0, number))
    assert told(said).cautious > GATE
    assert told(said).standing == "likely"
    said.right(day(0.5))
    assert not told(said).mastered
    said.right(day(1, 1))
    assert told(said).mastered


def test_three_clean_successes_are_called_likely() -> None:
    said = Told()
    for number in range(3):
        said.right(day(0, number))
    assert told(said).standing == "likely"


@pytest.mark.parametrize(
    "kind", [Kind.JUDGED, Kind.INFERRED, Kind.ASSERTED, Kind.REVEALED]
)
def test_nothing_but_graded_answers_opens_the_gate(kind: Kind) -> None:
    said = Told()
    for number in range(60):
        said.add(kind, day(number), ok=None if kind is Kind.REVEALED else True)
    assert not told(said, now=90).mastered
    assert told(said, now=90).mastered_at is None


def test_a_model_that_doubts_an_explanation_closes_the_gate() -> None:
    said = Told()
    for number in range(4):
        said.right(day(number))
    assert told(said, now=3).mastered
    said.add(Kind.JUDGED, day(4), ok=False)
    closed = told(said, now=4)
    assert not closed.mastered
    assert closed.mastered_at == day(3)
    assert closed.standing == "refresh"


def test_the_same_item_counts_once_in_a_sitting() -> None:
    """Check 23."""
    said = Told()
    for minute in range(10):
        said.right(day(0, minute), item="the same")
    assert told(said).n == 1


def test_an_answer_behind_a_wrong_one_to_the_same_item_counts_as_helped() -> None:
    said = Told()
    said.wrong(day(0), item="the same")
    said.right(day(0, 1), item="the same")
    beta = Beta().seen(ok=False, weight=1).seen(ok=True, weight=0.5)
    assert told(said).mean == pytest.approx(beta.mean)
    assert told(said).unaided == 1


def test_hints_lessen_a_right_answer_and_none_of_a_wrong_one() -> None:
    for hints, weight in enumerate((1.0, 0.5, 0.3, 0.0)):
        said = Told()
        said.right(day(0), hints=hints)
        assert told(said).mean == pytest.approx(
            Beta().seen(ok=True, weight=weight).mean
        )
    said = Told()
    said.wrong(day(0), hints=2)
    assert told(said).mean == pytest.approx(Beta().seen(ok=False, weight=1).mean)


def test_a_choice_says_less_than_an_open_item() -> None:
    said = Told()
    said.add(Kind.CHOICE, day(0), ok=True)
    assert told(said).mean == pytest.approx(Beta().seen(ok=True, weight=0.75).mean)


def test_a_shown_answer_is_no_success_and_is_due_the_next_day() -> None:
    said = Told()
    said.add(Kind.REVEALED, day(0), item="the same")
    said.right(day(0, 1), item="the same")
    seen = told(said)
    assert seen.mean == 0.5
    assert seen.due_at == begin(day(1).date(), UTC)


@pytest.mark.parametrize(("n", "cap"), [(1, 0.5), (2, 0.8)])
def test_few_unaided_answers_cap_what_is_claimed(n: int, cap: float) -> None:
    said = Told()
    for number in range(10):
        said.right(day(0, number), hints=1)
    for number in range(n):
        said.right(day(0.5, number))
    seen = told(said, now=0.5)
    assert seen.mean > cap
    assert seen.claim == cap


def test_what_is_claimed_falls_with_time_and_history_stays() -> None:
    said = Told()
    for number in range(5):
        said.right(day(number))
    fresh, stale = told(said, now=4), told(said, now=120)
    assert fresh.standing == "mastered"
    assert stale.standing == "refresh"
    assert stale.claim < fresh.claim
    assert stale.mastered_at == fresh.mastered_at is not None


def test_a_disputed_concept_counts_as_shown_again_after_an_unaided_answer() -> None:
    said = Told()
    for number in range(4):
        said.right(day(number))
    said.add(Kind.DISPUTED, day(4), item="", text="concept_mastered")
    assert not told(said, now=4).mastered
    assert told(said, now=4).claim <= 0.5
    said.right(day(5))
    assert told(said, now=5).mastered
