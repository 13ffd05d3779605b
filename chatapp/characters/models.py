"""Who one can talk to: built-in characters, and the tutors of courses."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Character(models.Model):
    """Somebody with a voice. `persona` is prompt text; `description` is for people.

    A tutor is a character too (`is_tutor`): it belongs to a course and is started
    from there, and `subject` is that course's title. `hue` (0-359) is the accent the
    pages take on.
    """

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=120, blank=True)
    tagline = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    persona = models.TextField()
    greeting = models.TextField(blank=True)
    starters = models.JSONField(default=list, blank=True)
    hue = models.PositiveSmallIntegerField(default=210)
    avatar = models.CharField(max_length=120, help_text="Path below static/.")
    order = models.PositiveSmallIntegerField(default=100)
    is_tutor = models.BooleanField(default=False)
    is_builtin = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = (
            "order",
            "name",
        )

    def __str__(self) -> str:
        return self.name

    @property
    def accent(self) -> int:
        """The hue in steps of ten: each step has a class in static/css/accents.css."""
        return round(self.hue / 10) * 10 % 360


class Lorebook(models.Model):
    """A lorebook of a person's own: read in every conversation while it is on.

    `data` is the book as card format V3 has it, unknown keys included. A character's
    own book is part of its card instead.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
