"""What a person keeps their conversations by: folders, search terms, files."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Folder(models.Model):
    """A person's own folder; a conversation lies in one or in none."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("order", "name")
        constraints = (
            models.UniqueConstraint(fields=["owner", "name"], name="one_folder_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class SearchTerms(models.Model):
    """What a message is found by. PostgreSQL writes these rows itself: `finding_sql`.

    Nothing in Python creates, changes or deletes one, hence no constraints here.
    """

    message = models.OneToOneField(
        "conversations.Message",
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="+",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    conversation = models.ForeignKey(
        "conversations.Conversation",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    said_at = models.DateTimeField()
    terms = SearchVectorField()

    class Meta:
        indexes = (
            # fastupdate collects changes, until one unlucky message pays for all.
            GinIndex(fields=["terms"], name="search_terms", fastupdate=False),
            models.Index(fields=["owner", "-said_at", "-message"], name="said_newest"),
        )

    def __str__(self) -> str:
        return f"terms of {self.message_id}"


class ImportedChat(models.Model):
    """A file that was imported: the same one again leads to its conversation."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    character = models.ForeignKey("characters.Character", on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "character", "sha256"], name="imported_once"
            ),
        )

    def __str__(self) -> str:
        return f"imported {self.conversation_id}"


class ExportedFile(models.Model):
    """A long conversation as a file, written by a job and kept for a while.

    It belongs to whom the conversation belongs to; a newer one takes its row's place.
    `done` of `total` messages are written; `total` is 0 until the job has begun.
    """

    class State(models.TextChoices):
        """How far it is."""

        WRITING = "writing"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, db_index=False
    )
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WRITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=120, blank=True)
    data = models.BinaryField(default=bytes)
    size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "kind"], name="one_file_of_a_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.conversation_id}"
