"""Questions of learners to their teacher, and the answers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet

from chatapp.accounts.models import User
from tutor.models import Classroom, HelpRequest

LATEST = 10
MOST_SHOWN = 20
"""Waiting questions on one page; the next come when these are answered."""


def of(room: Classroom) -> QuerySet[HelpRequest]:
    """What those who are in the class have asked, each with the learner's `name`."""
    return HelpRequest.objects.filter(
        classroom=room, learner__memberships__classroom=room
    ).annotate(name=F("learner__memberships__name"))


def unanswered(room: Classroom) -> QuerySet[HelpRequest]:
    """Who waits, the longest first."""
    return of(room).filter(answered_at=None)


def answered(room: Classroom) -> QuerySet[HelpRequest]:
    """The latest answers."""
    return of(room).exclude(answered_at=None).order_by("-answered_at")[:LATEST]


def ask(room: Classroom, learner: User, question: str, concept: str) -> HelpRequest:
    """Ask the teacher; the same words again, while they wait, ask nothing new."""
    found, _created = HelpRequest.objects.get_or_create(
        classroom=room,
        learner=learner,
        question=question,
        answered_at=None,
        defaults={"concept": concept, "course": room.course},
    )
    return found


def answer(asked: HelpRequest, text: str, now: datetime) -> None:
    """The first answer stands: a second press changes nothing."""
    waiting = HelpRequest.objects.filter(pk=asked.pk, answered_at=None)
    waiting.update(answer=text, answered_at=now)


def withdraw(asked: HelpRequest) -> None:
    """Take back a question, unless it was answered meanwhile."""
    HelpRequest.objects.filter(pk=asked.pk, answered_at=None).delete()
