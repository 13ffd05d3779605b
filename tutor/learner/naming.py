"""What a course calls its concepts and misconceptions, for the words of claims."""

from __future__ import annotations

from chatapp.accounts.models import User
from tutor.content.library import content
from tutor.learner.wording import Names
from tutor.models import Course, Evidence

SAID = "said-"
"""Begins the slug of an error that the course does not list, in the learner's words."""


def names_of(user: User, course: Course) -> Names:
    """The names of this course; of errors that it does not list, what this one said."""
    listed = content(course)
    said = Evidence.objects.filter(
        learner=user, course=course, misconception__startswith=SAID
    ).exclude(text="")
    errors = {slug: one.statement for slug, one in listed.misconceptions.items()}
    return Names(
        {slug: one.title for slug, one in listed.concepts.items()},
        errors | dict(said.order_by().values_list("misconception", "text")),
    )
