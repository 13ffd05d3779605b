"""Reads a lesson from its rows: what was asked before, and all that a choice needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from chatapp.conversations.models import Conversation
from tutor.content.course import Item
from tutor.content.library import content
from tutor.learner.reading import learner_state
from tutor.lessons.policy import Asked, Situation
from tutor.models import Course, Lesson, Move, Question
from tutor.models.lesson import Mode, MoveKind, QuestionState

REMEMBERED = 300
"""Newest questions of a course that are looked at."""


def lesson_of(conversation: Conversation) -> Lesson:
    """The lesson of this conversation; a branch of one begins its own."""
    lesson = Lesson.objects.select_related("course").filter(conversation=conversation)
    return lesson.first() or _begun(conversation)


def open_question(lesson: Lesson) -> Question | None:
    """The question that stands on the card, with its moves."""
    rows = lesson.questions.filter(state=QuestionState.OPEN)
    return rows.prefetch_related("moves").first()


def last_question(lesson: Lesson) -> Question | None:
    """The newest question, open or not, with its moves."""
    return (
        lesson.questions.prefetch_related("moves").order_by("-opened_at", "-pk").first()
    )


def item_of(question: Question) -> Item | None:
    """What was asked; None when the course has it no more."""
    return content(question.lesson.course).items.get(question.item)


def situation(lesson: Lesson, now: datetime) -> Situation:
    """All that the choice of the next question depends on."""
    user, course = lesson.conversation.user, lesson.course
    return Situation(
        content=content(course),
        state=learner_state(user, course, now),
        asked=asked_before(lesson),
        now=now,
        placed_at=_placed_at(lesson),
    )


def asked_before(lesson: Lesson) -> Sequence[Asked]:
    """What this learner was asked in the course, oldest first."""
    rows = (
        Question.objects.filter(
            lesson__course=lesson.course,
            lesson__conversation__user=lesson.conversation.user,
        )
        .prefetch_related("moves")
        .order_by("-opened_at", "-pk")[:REMEMBERED]
    )
    return [
        Asked(
            item=row.item,
            concept=row.concept,
            purpose=row.purpose,
            state=row.state,
            at=row.closed_at or row.opened_at,
            unaided=is_unaided(row.moves.all()),
            here=row.lesson_id == lesson.pk,
        )
        for row in reversed(rows)
    ]


def is_unaided(moves: Iterable[Move]) -> bool:
    """Right at the first try, with nothing shown before it."""
    first = next((m for m in moves if m.kind != MoveKind.SET_ASIDE), None)
    return bool(first and first.kind == MoveKind.ANSWER and first.right)


def _placed_at(lesson: Lesson) -> str:
    placed = (
        Lesson.objects.filter(
            course=lesson.course, conversation__user=lesson.conversation.user
        )
        .exclude(placed_at="")
        .order_by("-started_at")
        .values_list("placed_at", flat=True)
    )
    return placed.first() or ""


def _begun(conversation: Conversation) -> Lesson:
    course = Course.objects.get(tutor_id=conversation.character_id)
    before = Lesson.objects.filter(course=course, conversation__user=conversation.user)
    known = before.exclude(mode=Mode.CHOOSING).exists()
    lesson, _ = Lesson.objects.get_or_create(
        conversation=conversation,
        defaults={
            "course": course,
            "mode": Mode.PRACTICE if known else Mode.CHOOSING,
        },
    )
    return lesson
