"""What was said: messages in a tree, and the replies being written.

The server owns the transcript: every message is a row, nothing saves whole blobs. A
reply in the making is a Generation with an append-only log of the text it got so far;
the text moves to its message when it ends, however it ends.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse


class Conversation(models.Model):
    """One thread with one character. `leaf` ends the path that is shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    character = models.ForeignKey("characters.Character", on_delete=models.PROTECT)
    lane = models.CharField(max_length=20, default="character")
    title = models.CharField(max_length=120, blank=True)
    leaf = models.ForeignKey(
        "Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["user", "-updated_at"]),)

    def __str__(self) -> str:
        return self.title or f"with {self.character_id}"

    def get_absolute_url(self) -> str:
        """The page of this conversation."""
        return reverse("conversations:open", args=[self.pk])


class Role(models.TextChoices):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"


class Message(models.Model):
    """One message; `parent` is what it follows, None for the first.

    `key` is the page's idempotency key: sending the same key again creates nothing.
    An assistant message has its text when its generation has ended; `generation` is
    the newest of those that wrote at it. `selected` says that the message lies on the
    path that is shown: memory follows that path.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    text = models.TextField(blank=True)
    key = models.UUIDField(null=True, blank=True)
    generation = models.OneToOneField(
        "Generation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    selected = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)
        indexes = (models.Index(fields=["conversation", "selected", "created_at"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "key"], name="one_message_per_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


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
    behind them, and its citations count from there. `seq` is the number of the last event. `heartbeat_at` tells that its process
    lives. `problem` is a sentence for the person; `detail` is for the operator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="generations"
    )
    base = models.PositiveIntegerField(default=0)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
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
