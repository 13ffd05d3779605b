"""Replies in the making, as rows.

A Generation has an append-only log of the text it got so far; the text moves to its
message when it ends, however it ends.
"""

from __future__ import annotations

import uuid

from django.db import models


class Status(models.TextChoices):
    """Where a generation stands; the last four are final."""

    PENDING = "pending"
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


RUNNING = (Status.PENDING, Status.STREAMING)


class Generation(models.Model):
    """One reply being written, or how it ended; Continue adds another to its message.

    `base` is how many characters the message had before: what this one writes comes
    behind them, and its citations count from there. `seq` is the number of the last
    event. `heartbeat_at` tells that its process lives. `problem` is a sentence for the person; `detail` is for the operator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        "Message", on_delete=models.CASCADE, related_name="generations"
    )
    base = models.PositiveIntegerField(default=0)
    conversation = models.ForeignKey("Conversation", on_delete=models.CASCADE)
    status = models.CharField(
        max_length=12, choices=Status.choices, default=Status.PENDING
    )
    seq = models.PositiveIntegerField(default=0)
    stop_requested = models.BooleanField(default=False)
    model = models.CharField(max_length=120, blank=True)
    finish = models.CharField(max_length=20, blank=True)
    citations = models.JSONField(default=list)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    problem = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(auto_now_add=True)
    first_token_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["status", "heartbeat_at"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(status__in=["pending", "streaming"]),
                name="one_running_generation_per_conversation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.status} {self.pk}"

    @property
    def running(self) -> bool:
        """Whether the reply may still grow."""
        return self.status in RUNNING

    def span(self) -> slice:
        """Where in its message's text the words of this generation stand."""
        later = Generation.objects.filter(
            message_id=self.message_id, created_at__gt=self.created_at
        )
        bases = later.order_by("created_at").values_list("base", flat=True)
        return slice(self.base, bases.first())


class GenerationEvent(models.Model):
    """A piece of a reply, in order; append-only, dropped when the reply has ended."""

    generation = models.ForeignKey(
        Generation, on_delete=models.CASCADE, related_name="events"
    )
    seq = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["generation", "seq"], name="one_event_per_number"
            ),
        )

    def __str__(self) -> str:
        return f"{self.generation_id} #{self.seq}"
