"""Courses, and the lessons that people take in them; each other noun in its own file."""

from __future__ import annotations

from django.db import models

from tutor.models.classroom import (
    Assignment,
    Classroom,
    HelpRequest,
    Invitation,
    Membership,
)

__all__ = [
    "Assignment",
    "Classroom",
    "Course",
    "HelpRequest",
    "Invitation",
    "Membership",
]


class Course(models.Model):
    """A subject with its tutor. `topics` is prompt text: what is taught, in order."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    tagline = models.CharField(max_length=160, blank=True)
    topics = models.TextField()
    tutor = models.OneToOneField(
        "characters.Character", on_delete=models.PROTECT, related_name="course"
    )
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = (
            "order",
            "title",
        )

    def __str__(self) -> str:
        return self.title
