"""What becomes of a teacher's courses when the teacher's account is deleted.

A course that others learn in goes on without an owner: what they have shown hangs below
it, and is theirs. One that nobody else has used goes with the account, and so does its
tutor. Nothing of it waits for an operator.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet


def let_go(collector: Any, field: Any, courses: Iterable[Any], using: str) -> None:
    """Rule of `Course.owner` for deletion, in place of CASCADE or SET_NULL."""
    listed = list(courses)
    needed = set(needed_by_others(field.model, listed).values_list("pk", flat=True))
    kept = [course for course in listed if course.pk in needed]
    gone = [course for course in listed if course.pk not in needed]
    if kept:
        collector.add_field_update(field, None, kept)
    if gone:
        collector.collect(
            gone,
            source=field.remote_field.model,
            source_attr=field.name,
            fail_on_restricted=False,
        )
        tutor = field.model._meta.get_field("tutor").related_model
        ids = [course.tutor_id for course in gone]
        tutors = list(tutor._default_manager.filter(pk__in=ids))
        collector.collect(tutors, fail_on_restricted=False)


def needed_by_others(
    model: type[models.Model], courses: Iterable[Any]
) -> QuerySet[Any]:
    """Those of these courses in which somebody but their owner has left something."""
    listed = model._default_manager.filter(pk__in=[course.pk for course in courses])
    return listed.filter(used(but="owner"))


def used(*, but: str = "") -> Q:
    """Whether somebody has a lesson, evidence or a question in a course.

    `but` names the course's field of whose own do not count.
    """
    found = Q()
    for name, person, link in _LEFT:
        rows = apps.get_model(name)._default_manager.filter(**link)
        if but:
            rows = rows.exclude(**{person: OuterRef(but)})
        found |= Q(Exists(rows))
    return found


_LEFT = (
    ("conversations.Conversation", "user", {"character": OuterRef("tutor")}),
    ("tutor.Evidence", "learner", {"course": OuterRef("pk")}),
    ("tutor.HelpRequest", "learner", {"course": OuterRef("pk")}),
)
"""What people leave in a course: the model, whose it is, and how it hangs on it."""
