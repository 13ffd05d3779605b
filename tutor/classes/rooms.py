"""The classes that a learner is in, as their own page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from chatapp.accounts.models import User
from tutor.classes.assignments import practised_since
from tutor.content.library import content
from tutor.models import Assignment, HelpRequest, Membership


@dataclass(frozen=True)
class Task:
    """An assignment for this learner: which of its concepts are practised by now."""

    assignment: Assignment
    concepts: Sequence[tuple[str, bool]]
    is_over: bool

    @property
    def done(self) -> int:
        """How many of them."""
        return sum(is_done for _title, is_done in self.concepts)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.done == len(self.concepts)


@dataclass(frozen=True)
class Room:
    """One class, its tasks, and what this learner asked there."""

    membership: Membership
    tasks: Sequence[Task]
    asked: Sequence[HelpRequest]
    concepts: Sequence[tuple[str, str]]


def rooms_of(user: User, now: datetime) -> list[Room]:
    """The person's classes, in the order they joined."""
    mine = Membership.objects.filter(learner=user).select_related("classroom__course")
    return [_room(each, now) for each in mine.order_by("joined_at")]


def _room(membership: Membership, now: datetime) -> Room:
    room = membership.classroom
    known = content(room.course)
    titles = [(each.slug, each.title) for each in known.in_order()]
    today = timezone.localdate(now)
    tasks = []
    for assignment in room.assignments.select_related("classroom"):
        found = practised_since(assignment, [membership.learner_id])
        done = found.get(membership.learner_id, set())
        concepts = [
            (t, slug in done) for slug, t in titles if slug in assignment.concepts
        ]
        tasks.append(Task(assignment, concepts, assignment.due_on < today))
    asked = HelpRequest.objects.filter(classroom=room, learner=membership.learner_id)
    return Room(membership, tasks, list(asked.order_by("-asked_at", "-pk")), titles)
