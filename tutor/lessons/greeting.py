"""Opens a lesson with its conversation: the plan is made, the first question put."""

from __future__ import annotations

from django.utils import timezone

from chatapp.conversations.models import Conversation
from tutor.lessons import opening, plan, practising, reading
from tutor.lessons.snapshot import snapshot
from tutor.models.lesson import QuestionState


def greeting(conversation: Conversation) -> str:
    """The first message of a lesson. Asked again before anything was said, it is anew."""
    now = timezone.now()
    lesson = reading.lesson_of(conversation)
    if lesson.ended_at is not None:
        return ""
    # A question that nobody has touched may not be the one that is due by now.
    lesson.questions.filter(state=QuestionState.OPEN, moves=None).delete()
    at = reading.situation(lesson, now)
    lesson.plan = [line.as_json() for line in plan.plan(at)]
    lesson.before = snapshot(at.state)
    lesson.save(update_fields=["plan", "before"])
    words = opening.opening(at, conversation.character.greeting)
    practising.put_next(lesson, now)
    return words
