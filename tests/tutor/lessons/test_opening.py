"""How a lesson opens and ends: remembered, planned, summed up with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.tutor.lessons.sitting import Sitting
from tutor.learner import follow_ups
from tutor.learner.evidence import Kind
from tutor.learner.observing import Seen, observe
from tutor.models import Evidence, FollowUp, Lesson
from tutor.models.lesson import Mode, Purpose

if TYPE_CHECKING:
    from tests.tutor.lessons.conftest import Clock

Sit = Callable[[], Sitting]


def test_a_new_learner_is_greeted_and_chooses_how_to_begin(sit_down: Sit) -> None:
    sitting = sit_down()
    assert sitting.opening == sitting.course.tutor.greeting
    assert sitting.card["state"] == "choosing"
    assert sitting.lesson.mode == Mode.CHOOSING


def test_a_due_follow_up_is_raised_first_and_done_when_it_is_answered(
    sit_down: Sit, clock: Clock
) -> None:
    """Check 4."""
    first = sit_down().begin()
    concept = first.item.concept
    for _ in range(3):
        first.ask_for_the_answer()
    first.end()
    owed = FollowUp.objects.get()
    assert owed.concept == concept
    clock.pass_(hours=2)
    assert owed.text not in sit_down().opening, "it is not due yet"
    clock.pass_(days=2)
    sitting = sit_down()
    assert owed.text in sitting.opening
    assert sitting.opening.count(owed.text) == 1
    assert sitting.card["plan"][0]["text"] == owed.text
    assert sitting.question.purpose == Purpose.FOLLOW_UP
    assert sitting.question.concept == concept
    sitting.answer()
    owed.refresh_from_db()
    assert owed.status == FollowUp.Status.DONE
    sitting.go_on()
    assert sitting.question.purpose != Purpose.FOLLOW_UP


def test_what_no_question_can_ask_is_done_when_the_learner_takes_it_up(
    sit_down: Sit, clock: Clock
) -> None:
    """Check 4."""
    first = sit_down().begin()
    first.answer()
    first.end()
    due_at, words = clock() + timedelta(days=1), "How the exam went"
    owed = follow_ups.schedule(first.learner, first.course, words, due_at, now=clock())
    first.say("Until then.")
    owed.refresh_from_db()
    assert owed.status == FollowUp.Status.OPEN
    clock.pass_(days=2)
    sitting = sit_down()
    assert words in sitting.opening
    sitting.say("It went well, thanks.")
    owed.refresh_from_db()
    assert owed.status == FollowUp.Status.DONE
    sitting.end()
    clock.pass_(days=1)
    assert words not in sit_down().opening


def test_an_opening_that_nobody_answered_is_made_anew(
    sit_down: Sit, clock: Clock
) -> None:
    first = sit_down().begin()
    first.answer()
    first.end()
    clock.pass_(hours=7)
    waiting = sit_down()
    follow_ups.schedule(
        first.learner,
        first.course,
        "Subnets again",
        clock() + timedelta(days=1),
        now=clock(),
        concept=first.last.concept,
    )
    clock.pass_(days=2)
    again = sit_down()
    assert again.conversation == waiting.conversation
    assert "Subnets again" in again.opening


def test_the_recap_says_what_moved_with_its_evidence(sit_down: Sit) -> None:
    """Check 13."""
    sitting = sit_down().begin()
    concept = sitting.item.concept
    sitting.answer()
    sitting.go_on()
    recap = sitting.end()
    moved = next(line for line in recap["moved"] if line["slug"] == concept)
    assert moved["was"] == 0.5
    assert moved["now"] > 0.5
    rows = Evidence.objects.filter(pk__in=moved["evidence"])
    assert {row.concept for row in rows} == {concept}
    assert moved["quotes"]
    counts = recap["counts"]
    assert counts["unaided"] == counts["left"] == 1
    told = ("unaided", "aided", "revealed", "missed", "left")
    assert counts["asked"] == sum(counts[name] for name in told)
    assert recap["next"], "what was left open comes back"
    assert Lesson.objects.get(pk=sitting.lesson.pk).recap == recap


def test_the_start_shows_the_goal_and_then_what_is_due(
    sit_down: Sit, clock: Clock
) -> None:
    """Check 13."""
    first = sit_down().begin()
    for _ in range(3):
        first.ask_for_the_answer()
    goal = Seen("", Kind.GOAL, clock(), ok=True, text="Pass the exam", quote="exam")
    observe(first.learner, first.course, goal)
    first.end()
    clock.pass_(days=2)
    owed = FollowUp.objects.get()
    sitting = sit_down()
    plan = [line["text"] for line in sitting.card["plan"]]
    assert plan[:2] == ["Pass the exam", owed.text]
    assert sitting.lesson.plan[0]["topic"] == "goal"


def test_ending_twice_changes_nothing(sit_down: Sit, clock: Clock) -> None:
    sitting = sit_down().begin()
    sitting.answer()
    first = sitting.end()
    clock.pass_(hours=1)
    assert sitting.end() == first


def test_a_lesson_left_without_a_word_is_summed_up_at_the_next(
    sit_down: Sit, clock: Clock
) -> None:
    sitting = sit_down().begin()
    sitting.answer()
    clock.pass_(days=1)
    sit_down()
    lesson = Lesson.objects.get(conversation=sitting.conversation)
    assert lesson.ended_at is not None
    assert lesson.recap["moved"]


def test_what_comes_back_is_an_atom_of_its_kind(sit_down: Sit) -> None:
    from chatapp.memories.models import Atom

    sitting = sit_down().begin()
    for _ in range(3):
        sitting.ask_for_the_answer()
    sitting.end()
    atom = Atom.objects.get(atom_type="follow_up")
    assert FollowUp.objects.get().text in atom.content
    assert atom.evidence.exists()
