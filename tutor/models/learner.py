"""The rows of the learner model: evidence, what was last said of it, and follow-ups.

Only evidence and follow-ups are facts. A claim is what the last replay said of one
thing, kept so that a change is noticed and its atom found; it can be made anew from the
evidence at any time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models

from tutor.learner.evidence import Kind, Piece


def forget_words(
    collector: Any, field: Any, evidence: Iterable[models.Model], _using: str
) -> None:
    """What becomes of evidence whose message is removed: the words go with it."""
    rows = list(evidence)  # the first update would hide them from the second
    collector.add_field_update(field, None, rows)
    collector.add_field_update(field.model._meta.get_field("quote"), "", rows)


class Evidence(models.Model):
    """One thing that was seen of a learner; see `tutor.learner.evidence.Piece`.

    `said`: it stands in its message, and counts while that is on a shown path. What the
    server graded counts whatever becomes of the message. `question` is the posed
    question that it answers, which counts once. `weight` is what it says at most.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="evidence"
    )
    course = models.ForeignKey(
        "tutor.Course", on_delete=models.CASCADE, related_name="evidence"
    )
    concept = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in Kind])
    ok = models.BooleanField(null=True)
    weight = models.FloatField(default=0.0)
    hints = models.PositiveSmallIntegerField(default=0)
    item = models.CharField(max_length=120, blank=True)
    question = models.UUIDField(null=True, blank=True)
    misconception = models.CharField(max_length=80, blank=True)
    exposes = models.JSONField(default=list)
    explained = models.BooleanField(default=False)
    text = models.CharField(max_length=240, blank=True)
    quote = models.TextField(blank=True)
    message = models.ForeignKey(
        "conversations.Message",
        on_delete=forget_words,
        null=True,
        blank=True,
        related_name="learner_evidence",
    )
    said = models.BooleanField(default=False)
    at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(
                fields=["learner", "course", "at"], name="evidence_of_learner"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["learner", "question"], name="one_evidence_per_question"
            ),
            models.UniqueConstraint(
                fields=["message", "kind", "concept", "misconception", "text"],
                condition=models.Q(said=True),
                name="one_evidence_per_saying",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def aided(self) -> bool:
        """Whether a hint was given before it."""
        return self.hints > 0

    def piece(self) -> Piece:
        """The row as the estimators read it."""
        return Piece(
            id=self.pk,
            concept=self.concept,
            kind=Kind(self.kind),
            at=self.at,
            ok=self.ok,
            hints=self.hints,
            item=self.item,
            misconception=self.misconception,
            exposes=tuple(self.exposes),
            explained=self.explained,
            text=self.text,
            quote=self.quote,
        )


class Claim(models.Model):
    """One thing that is believed of a learner, as the last replay left it.

    `atom_type` is of the tutor's taxonomy, `key` names the thing within it, `state`
    where it stands. `atom` is what the ledger has of it now; none while there is too
    little to say, or no literal words to prove it. `forgotten_at` is when the learner
    had it removed: what was seen of it until then is not believed any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims"
    )
    course = models.ForeignKey(
        "tutor.Course", on_delete=models.CASCADE, related_name="claims"
    )
    atom_type = models.CharField(max_length=40)
    key = models.CharField(max_length=240)
    concept = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12)
    confidence = models.FloatField()
    text = models.CharField(max_length=240)
    atom = models.ForeignKey(
        "memories.Atom",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="claims",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("atom_type", "key")
        constraints = (
            models.UniqueConstraint(
                fields=["learner", "course", "atom_type", "key"],
                name="one_claim_per_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.atom_type} {self.key}"


class FollowUp(models.Model):
    """Something to be taken up again at `due_at`; raised once, done when answered."""

    class Status(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follow_ups"
    )
    course = models.ForeignKey(
        "tutor.Course", on_delete=models.CASCADE, related_name="follow_ups"
    )
    concept = models.CharField(max_length=80, blank=True)
    misconception = models.CharField(max_length=80, blank=True)
    item = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=240)
    quote = models.TextField(blank=True)
    message = models.ForeignKey(
        "conversations.Message",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follow_ups",
    )
    due_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.OPEN
    )
    raised_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("due_at", "id")
        indexes = (
            models.Index(
                fields=["learner", "due_at"],
                condition=models.Q(status="open"),
                name="follow_up_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"


class Summary(models.Model):
    """What the last replay of a learner in a course left, for pages of whole classes.

    Numbers alone, no word of the learner's (`learner.outline`). `mark` says what it was
    made from: a row with another mark is out of date, and made anew when it is asked
    for. Nothing is believed because it stands here.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course = models.ForeignKey("tutor.Course", on_delete=models.CASCADE)
    mark = models.CharField(max_length=64)
    left = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["learner", "course"], name="tutor_one_summary"
            ),
        )

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.course_id}"
