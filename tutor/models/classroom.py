"""A teacher's class: who is in it, what they let the teacher see, what is to be done.

Nothing of what a learner knows is copied here. The pages ask the learner model, and
only as far as a membership allows: without one, nothing of a learner exists for a
teacher.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Classroom(models.Model):
    """One class in one course. `teacher_name` is what its learners call the teacher.

    `published` are the latest groups of learners (ids of people) whose sums were shown,
    of the class under "" and of each concept under its slug: a later group must not
    differ from one of them by one person. `seen` are those whose own pages the teacher
    could see at some time, which may be remembered (see `classes.group`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="classrooms"
    )
    course = models.ForeignKey("tutor.Course", on_delete=models.CASCADE)
    title = models.CharField(max_length=80)
    teacher_name = models.CharField(max_length=60)
    published = models.JSONField(default=dict, blank=True)
    seen = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["teacher", "course", "title"], name="tutor_one_class_of_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Invitation(models.Model):
    """A link into a class. Only its hash is kept: the link is shown once."""

    classroom = models.ForeignKey(
        Classroom, on_delete=models.CASCADE, related_name="invitations"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"into {self.classroom_id}, until {self.expires_at:%Y-%m-%d}"


class Membership(models.Model):
    """A learner in a class, under the name that they chose for it.

    `shares_since` is the learner's consent: while it is None, their own page does not
    exist for the teacher.
    """

    classroom = models.ForeignKey(
        Classroom, on_delete=models.CASCADE, related_name="memberships"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    name = models.CharField(max_length=60)
    joined_at = models.DateTimeField(default=timezone.now)
    shares_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["classroom", "learner"], name="tutor_one_membership"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} in {self.classroom_id}"


class Assignment(models.Model):
    """Concepts to practise until the end of a day."""

    classroom = models.ForeignKey(
        Classroom, on_delete=models.CASCADE, related_name="assignments"
    )
    title = models.CharField(max_length=120)
    note = models.TextField(blank=True, max_length=1000)
    concepts = models.JSONField(default=list)
    due_on = models.DateField()
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return self.title


class HelpRequest(models.Model):
    """A learner's question to the teacher, in the learner's words.

    The teacher sees it, with the learner's name, while that learner is in the class.
    The words stay the learner's own when class or place in it are gone.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="help_requests"
    )
    classroom = models.ForeignKey(
        Classroom, on_delete=models.SET_NULL, null=True, related_name="help_requests"
    )
    course = models.ForeignKey("tutor.Course", on_delete=models.CASCADE)
    concept = models.CharField(max_length=100, blank=True)
    question = models.TextField(max_length=1000)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True, max_length=2000)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return self.question[:60]


class EndedClass(models.Model):
    """Tells a learner that a class they were in is over, until they have read it.

    Titles alone: neither the class nor its teacher need exist any more.
    """

    class Why(models.TextChoices):
        """What ended it: the teacher deleted the class, or their account, or took
        this learner out of it.
        """

        CLASS = "class"
        ACCOUNT = "account"
        REMOVED = "removed"

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ended_classes"
    )
    title = models.CharField(max_length=80)
    course_title = models.CharField(max_length=120)
    why = models.CharField(max_length=8, choices=Why.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.title} ({self.why})"
