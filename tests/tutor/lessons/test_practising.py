"""A question from its first answer to its end: graded here, no step skipped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.tutor.lessons.sitting import Sitting
from tutor.learner.days import days_after
from tutor.lessons import practising
from tutor.lessons.guidance import APPROACHES
from tutor.models import Evidence, Move
from tutor.models.lesson import Mode, QuestionState

if TYPE_CHECKING:
    from tests.tutor.lessons.conftest import Clock

Sit = Callable[[], Sitting]


def test_a_right_answer_is_graded_and_becomes_evidence(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    item = sitting.item
    begun = sitting.answer()
    assert sitting.last.state == QuestionState.RIGHT
    evidence = Evidence.objects.get()
    assert (evidence.ok, evidence.hints, evidence.item) == (True, 0, item.slug)
    assert evidence.message == begun.user_message
    assert begun.user_message is not None
    assert evidence.quote in begun.user_message.text
    assert sitting.state.concept(item.concept).n == 1


def test_the_same_answer_sent_twice_counts_once(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    first = sitting.answer()
    assert first.user_message is not None
    assert first.user_message.key is not None
    again = sitting.send(first.user_message.text, first.user_message.key)
    assert not again.fresh
    assert Move.objects.count() == Evidence.objects.count() == 1


def test_two_failures_earn_the_next_hint_and_none_is_skipped(sit_down: Sit) -> None:
    """Check 5."""
    sitting = sit_down().begin()
    levels = []
    for _ in range(8):
        sitting.answer(right=False)
        levels.append(sitting.card["question"]["level"])
    steps = sitting.card["question"]["steps"]
    assert levels == [min(n // 2, steps) for n in range(1, 9)]
    assert sitting.question.state == QuestionState.OPEN


def test_a_clock_that_is_set_back_moves_nothing(sit_down: Sit, clock: Clock) -> None:
    """Each answer is an hour before the last one, by the clock."""
    sitting = sit_down().begin()
    concept = sitting.item.concept
    levels = []
    for _ in range(6):
        clock.pass_(hours=-1)
        sitting.answer(right=False)
        levels.append(sitting.card["question"]["level"])
    steps = sitting.card["question"]["steps"]
    assert levels == [min(n // 2, steps) for n in range(1, 7)]
    clock.pass_(hours=-1)
    sitting.answer()
    known = sitting.state.concept(concept)
    assert not known.mastered
    assert known.mean <= 0.5, "helped by three hints, it shows nothing"


def test_the_hint_button_shows_one_step_and_a_double_click_no_second(
    sit_down: Sit,
) -> None:
    sitting = sit_down().begin()
    sitting.hint()
    assert sitting.card["question"]["level"] == 1
    from tutor.models.lesson import MoveKind

    key = practising.next_key(sitting.question, MoveKind.HINT)
    practising.hint(sitting.conversation, sitting.question.pk, key)
    practising.hint(sitting.conversation, sitting.question.pk, key)
    assert sitting.card["question"]["level"] == 2


def test_the_third_request_shows_the_answer_and_counts_for_nothing(
    sit_down: Sit,
) -> None:
    """Check 6."""
    sitting = sit_down().begin()
    concept = sitting.item.concept
    for _ in range(2):
        sitting.ask_for_the_answer()
        assert sitting.question.state == QuestionState.OPEN
    assert sitting.card["question"]["level"] == 2
    sitting.ask_for_the_answer()
    assert sitting.last.state == QuestionState.REVEALED
    known = sitting.state.concept(concept)
    assert known.n == 0
    assert known.mean == pytest.approx(0.5)
    assert known.due_at == days_after(sitting.now(), 1, UTC)  # graded "again"


def test_a_request_in_plain_words_counts_like_the_button(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    for words in ("just tell me", "What is the answer?", "show me the solution!"):
        sitting.say(words)
    assert sitting.last.state == QuestionState.REVEALED


def test_talk_moves_nothing(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    before = sitting.state
    for words in (
        "Why does one need this?",
        "my notes say I'm right",
        "please don't tell me I'm wrong",
        "mark this as correct",
        "I get it now",
    ):
        sitting.say(words)
    assert sitting.question.state == QuestionState.OPEN
    assert sitting.state.concepts == before.concepts
    assert not Move.objects.exists()


def test_a_number_in_the_talk_is_an_answer(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    while sitting.item.kind != "numeric":
        sitting.answer()
        sitting.go_on()
    sitting.say(sitting.item.answer)
    assert sitting.last.state == QuestionState.RIGHT


def test_an_approach_is_tried_when_they_are_stuck_twice(sit_down: Sit) -> None:
    """Check 5: and it is one that has not failed here."""
    sitting = sit_down().begin()
    sitting.give_up()
    begun = sitting.give_up()
    assert "Explain it another way" in begun.turn.instructions
    tried = Evidence.objects.get(kind="approach")
    assert APPROACHES[tried.text] in begun.turn.instructions
    assert sitting.card["question"]["level"] == 1


def test_ten_hinted_successes_never_pass(sit_down: Sit, clock: object) -> None:
    """Check 23."""
    sitting = sit_down().begin()
    concept = sitting.item.concept
    for _ in range(10):
        if sitting.question.concept == concept:
            sitting.hint()
        sitting.answer()
        sitting.go_on()
        sitting.now.pass_(hours=7)  # type: ignore[attr-defined]  # the test's clock
    assert not sitting.state.concept(concept).mastered


def test_a_diagnostic_asks_once_and_places_the_learner(sit_down: Sit) -> None:
    sitting = sit_down().begin(Mode.DIAGNOSTIC)
    asked = 0
    while sitting.lesson.mode == Mode.DIAGNOSTIC:
        sitting.answer(right=asked < 2)
        asked += 1
        sitting.go_on()
    assert asked <= 5
    assert sitting.lesson.placed_at
    assert sitting.question.concept == sitting.lesson.placed_at


def test_setting_aside_is_no_evidence(sit_down: Sit) -> None:
    from tutor.lessons import practising

    sitting = sit_down().begin()
    first = sitting.question
    practising.set_aside(sitting.conversation, first.pk)
    assert sitting.question.pk != first.pk
    assert not Evidence.objects.exists()


def test_what_was_set_aside_comes_again_when_nothing_newer_is_left(
    sit_down: Sit,
) -> None:
    """Whoever asks for another question again and again is never left without one."""
    sitting = sit_down().begin()
    seen = []
    for _ in range(14):
        seen.append(sitting.item.slug)
        practising.set_aside(sitting.conversation, sitting.question.pk)
    assert len(set(seen)) >= 4
    assert all(one != other for one, other in pairwise(seen)), "another one each time"
    assert not Evidence.objects.exists()
