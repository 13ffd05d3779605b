"""Courses, and the lessons that people take in them; each other noun in its own file."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tutor.models.classroom import (
    Assignment,
    Classroom,
    HelpRequest,
    Invitation,
    Membership,
)
from tutor.models.learner import Claim, Evidence, FollowUp
from tutor.models.lesson import Lesson, Move, Question

__all__ = [
    "Assignment",
    "Claim",
    "Classroom",
    "Course",
    "Evidence",
    "FollowUp",
    "HelpRequest",
    "Invitation",
    "Lesson",
    "Membership",
    "Move",
    "Question",
]


class Course(models.Model):
    """A subject with its tutor. `topics` is prompt text: what is taught, in order.

    A course without an owner is built in: its content is read from tutor/courses/.
    An imported one belongs to the teacher who brought it, and holds the texts of its
    `files` by name; `tutor.content.library` makes the content of both.
    """

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    tagline = models.CharField(max_length=160, blank=True)
    topics = models.TextField()
    tutor = models.OneToOneField(
        "characters.Character", on_delete=models.PROTECT, related_name="course"
    )
    order = models.PositiveSmallIntegerField(default=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        # What its learners have shown hangs below it: an operator hands it on first.
        on_delete=models.PROTECT,
        related_name="courses",
    )
    files = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = (
            "order",
            "title",
        )

    def __str__(self) -> str:
        return self.title
