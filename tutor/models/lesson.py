"""A lesson: what a conversation with a tutor asked, and how far each question went.

The log of moves is the record; hint level, requests and state of a question follow
from it. Expected answers are in none of these rows.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Mode(models.TextChoices):
    """How a lesson goes on. A new learner of the course chooses; others practise."""

    CHOOSING = "choosing"
    DIAGNOSTIC = "diagnostic"
    PRACTICE = "practice"


class Lesson(models.Model):
    """The practice of one conversation.

    `before` is the learner's state when it began, `recap` what had moved when it ended.
    `placed_at` is the concept that a diagnostic found to be the first one to learn.
    """

    conversation = models.OneToOneField(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="lesson"
    )
    course = models.ForeignKey("tutor.Course", on_delete=models.CASCADE)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.CHOOSING)
    placed_at = models.SlugField(max_length=80, blank=True)
    before = models.JSONField(default=dict)
    plan = models.JSONField(default=list)
    recap = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"lesson of {self.conversation_id}"


class Purpose(models.TextChoices):
    """Why a question was put."""

    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    PROBE = "probe"
    PRACTICE = "practice"
    DIAGNOSTIC = "diagnostic"


class QuestionState(models.TextChoices):
    """Where a question stands. `MISSED` is a diagnostic's wrong answer."""

    OPEN = "open"
    RIGHT = "right"
    MISSED = "missed"
    REVEALED = "revealed"
    SET_ASIDE = "set_aside"


class Question(models.Model):
    """An item of the course that was put to the learner; `follow_up` why, if one was due."""

    lesson = models.ForeignKey(
        Lesson, on_delete=models.CASCADE, related_name="questions"
    )
    item = models.SlugField(max_length=80)
    concept = models.SlugField(max_length=80)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    follow_up = models.CharField(max_length=64, blank=True)
    state = models.CharField(
        max_length=10, choices=QuestionState.choices, default=QuestionState.OPEN
    )
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("opened_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["lesson"],
                condition=models.Q(state="open"),
                name="one_open_question_per_lesson",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.item}"


class MoveKind(models.TextChoices):
    """What happened with a question. `HINT` is a step that was shown."""

    ANSWER = "answer"
    STUCK = "stuck"
    HINT = "hint"
    ASKED = "asked"
    REVEALED = "revealed"
    SET_ASIDE = "set_aside"


class Move(models.Model):
    """One thing that happened; `level` is how many hint steps were shown before it.

    `key` is the page's: the same key makes a move of a kind once. `message` is where
    the learner said it.
    """

    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="moves"
    )
    kind = models.CharField(max_length=10, choices=MoveKind.choices)
    key = models.UUIDField()
    text = models.TextField(blank=True)
    right = models.BooleanField(null=True)
    misconception = models.SlugField(max_length=80, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    message = models.ForeignKey(
        "conversations.Message",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)  # as they were written: a clock may be set back
        constraints = (
            models.UniqueConstraint(
                fields=["question", "kind", "key"], name="one_move_per_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.question_id}"
