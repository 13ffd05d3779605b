"""Checks 5 and 17: every ladder goes up step by step and ends at the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tutor.lessons.sitting import Sitting
from tutor.content.library import builtin, builtin_slugs
from tutor.lessons import ladder
from tutor.models.lesson import MoveKind, QuestionState

Sit = Callable[[], Sitting]
TRIES = (MoveKind.ANSWER, MoveKind.STUCK, MoveKind.ASKED)


@dataclass(frozen=True)
class Made:
    """A move, and whether it was right."""

    kind: MoveKind
    right: bool | None = None


def gone_through(tries: Sequence[MoveKind], top: int) -> list[Made]:
    """These moves of a learner who never knows it, and what follows from each."""
    moves: list[Made] = []
    for kind in tries:
        moves.append(Made(kind, False if kind is MoveKind.ANSWER else None))
        after = ladder.standing(moves)
        moves += [Made(kind) for kind in ladder.follows(kind, after, top)]
        if moves[-1].kind is MoveKind.REVEALED:
            break
    return moves


@given(st.lists(st.sampled_from(TRIES), max_size=14), st.integers(0, 4))
def test_no_step_is_skipped_and_the_third_request_is_never_refused(
    tries: list[MoveKind], top: int
) -> None:
    moves = gone_through(tries, top)
    hints = [move for move in moves if move.kind is MoveKind.HINT]
    assert len(hints) <= top
    for before, move in pairwise(moves):
        assert not (before.kind is move.kind is MoveKind.HINT), "one at a time"
    asked = sum(move.kind is MoveKind.ASKED for move in moves)
    is_shown = moves[-1:] == [Made(MoveKind.REVEALED)]
    assert is_shown == (asked == ladder.REQUESTS)
    if is_shown:
        return
    end = gone_through([*tries, *[MoveKind.ASKED] * ladder.REQUESTS], top)[-1]
    assert end.kind is MoveKind.REVEALED


@pytest.mark.parametrize("slug", builtin_slugs())
def test_the_last_hint_of_every_item_is_a_similar_case_worked_aloud(slug: str) -> None:
    for item in builtin(slug).content.items.values():
        *nudges, similar, answer = item.hints
        assert [hint.rung for hint in nudges] == ["nudge"] * len(nudges), item.slug
        assert (similar.rung, answer.rung) == ("similar", "answer"), item.slug
        assert nudges, item.slug


@pytest.mark.parametrize("ask", ["Show me the answer.", "Give me another hint"])
def test_hints_and_requests_alone_lead_to_the_answer(sit_down: Sit, ask: str) -> None:
    """Check 17: whoever only asks is not left without it."""
    sitting = sit_down().begin()
    for _ in range(ladder.steps(sitting.item)):
        sitting.hint()
    for _ in range(ladder.REQUESTS):
        assert sitting.last.state == QuestionState.OPEN
        sitting.say(ask)
    assert sitting.last.state == QuestionState.REVEALED
    question = sitting.card["question"]
    assert question["answer"]
    assert question["worked"]


def test_a_diagnostic_question_ends_with_its_answer_too(sit_down: Sit) -> None:
    from tutor.models.lesson import Mode

    sitting = sit_down().begin(Mode.DIAGNOSTIC)
    sitting.give_up()
    assert sitting.last.state == QuestionState.MISSED
    assert sitting.card["question"]["answer"]
