"""Opens a lesson with its conversation: the plan is made, the first question put."""

from __future__ import annotations

from django.utils import timezone

from chatapp.conversations.models import Conversation
from tutor.lessons import opening, plan, practising, reading
from tutor.lessons.snapshot import snapshot


def greeting(conversation: Conversation) -> str:
    """The first message of a lesson. Asked again before anything was said, it is anew."""
    now = timezone.now()
    lesson = reading.lesson_of(conversation)
    if lesson.ended_at is not None:
        return ""
    at = reading.situation(lesson, now)
    lesson.plan = [line.as_json() for line in plan.plan(at)]
    lesson.before = snapshot(at.state)
    lesson.save(update_fields=["plan", "before"])
    words = opening.opening(at, conversation.character.greeting)
    practising.put_next(lesson, now)
    return words
