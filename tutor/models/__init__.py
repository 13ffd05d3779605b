"""Courses, and the lessons that people take in them; each other noun in its own file."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tutor.models.classroom import (
    Assignment,
    Classroom,
    EndedClass,
    HelpRequest,
    Invitation,
    Membership,
)
from tutor.models.learner import Claim, Evidence, FollowUp, Summary
from tutor.models.lesson import Lesson, Move, Question
from tutor.models.owning import let_go

__all__ = [
    "Assignment",
    "Claim",
    "Classroom",
    "Course",
    "EndedClass",
    "Evidence",
    "FollowUp",
    "HelpRequest",
    "Invitation",
    "Lesson",
    "Membership",
    "Move",
    "Question",
    "Summary",
]


class Course(models.Model):
    """A subject with its tutor. `topics` is prompt text: what is taught, in order.

    A built-in one's content is read from tutor/courses/. One that was `brought` belongs
    to a teacher, or to nobody when that account is gone and others still learn in it;
    it holds the texts of its `files` by name. `tutor.content.library` makes the
    content of both.
    """

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    tagline = models.CharField(max_length=160, blank=True)
    topics = models.TextField()
    tutor = models.OneToOneField(
        "characters.Character", on_delete=models.RESTRICT, related_name="course"
    )
    order = models.PositiveSmallIntegerField(default=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=let_go,
        related_name="courses",
    )
    brought = models.BooleanField(default=False)
    files = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("order", "title")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(owner=None) | models.Q(brought=True),
                name="tutor_owned_courses_were_brought",
            ),
        )

    def __str__(self) -> str:
        return self.title
