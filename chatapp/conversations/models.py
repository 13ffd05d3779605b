"""What was said: messages in a tree, and the path that is shown.

The server owns the transcript: every message is a row, nothing saves whole blobs. What
a conversation shows of the tree are its path's entries. Replies in the making stand in
`chatapp.conversations.generations`.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from chatapp.conversations.generations import (
    RUNNING,
    Generation,
    GenerationEvent,
    Status,
)
from chatapp.conversations.kept import (
    ExportedFile,
    Folder,
    ImportedChat,
    SearchTerms,
)

__all__ = [
    "RUNNING",
    "Conversation",
    "Deletion",
    "ExportedFile",
    "Folder",
    "Generation",
    "GenerationEvent",
    "ImportedChat",
    "LeftBehind",
    "Message",
    "PathEntry",
    "Role",
    "SearchTerms",
    "Status",
]


class Conversation(models.Model):
    """One thread with one character. `leaf` ends the path that is shown, `persona` is
    as whom the person speaks there now, None for themselves.

    `origin` is the conversation that this one branched from. `path_version` grows with
    every change of the path but an append: a page that has another one reads it anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    # Goes only with its person, whose characters go then, too.
    character = models.ForeignKey("characters.Character", on_delete=models.RESTRICT)
    lane = models.CharField(max_length=20, default="character")
    title = models.CharField(max_length=120, blank=True)
    persona = models.ForeignKey(
        "characters.Persona",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    leaf = models.ForeignKey(
        "Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    origin = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="branches",
    )
    path_version = models.PositiveIntegerField(default=0)
    pinned_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    folder = models.ForeignKey(
        "Folder", on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=["user", "-updated_at"]),
            models.Index(
                "user",
                models.F("pinned_at").desc(nulls_last=True),
                models.F("updated_at").desc(),
                models.F("id").desc(),
                condition=models.Q(archived_at=None),
                name="conversation_listed",
            ),
            models.Index(
                fields=["user", "-updated_at", "-id"],
                condition=models.Q(archived_at__isnull=False),
                name="conversation_archived",
            ),
        )

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
    the newest of those that wrote at it. `conversation` is where it was written; the
    paths of branches lead through it too. `persona` is as whom the person said it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    role = models.CharField(max_length=10, choices=Role.choices)
    text = models.TextField(blank=True)
    key = models.UUIDField(null=True, blank=True)
    persona = models.ForeignKey(
        "characters.Persona",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    generation = models.OneToOneField(
        "Generation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)
        indexes = (
            # Only few messages are said as somebody else.
            models.Index(
                fields=["persona"],
                condition=models.Q(persona__isnull=False),
                name="message_said_as",
            ),
            # The versions of how a conversation begins, among all of its messages.
            models.Index(
                fields=["conversation"],
                condition=models.Q(parent=None),
                name="message_begins",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "key"], name="one_message_per_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class PathEntry(models.Model):
    """One message of what a conversation shows; positions count from 0 without gaps.

    Memory follows these rows: what stands on no path is masked at recall.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_index=False
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "position"], name="one_message_per_position"
            ),
            models.UniqueConstraint(
                fields=["conversation", "message"], name="one_position_per_message"
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.position}"


class LeftBehind(models.Model):
    """A message that a conversation showed once, and what stood below it then.

    Choosing it again brings back exactly that tail. A branch can go back to a message
    of its origin's because of this row.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_index=False
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    next = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "message"], name="left_behind_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id} left {self.message_id}"


class Deletion(models.Model):
    """A person deleted a message, with what hangs below it, in one conversation.

    Until `expires_at` it can be undone, which `undone_at` notes; `purged_at` is when
    the rows that nothing else shows were removed. `message` is empty after that,
    unless another conversation shows it still: here it stays deleted. `count` is how
    many messages left the page.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True)
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["expires_at"],
                condition=models.Q(undone_at=None, purged_at=None),
                name="deletion_to_purge",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "message"],
                condition=models.Q(undone_at=None),
                name="deleted_once",
            ),
        )

    def __str__(self) -> str:
        return f"deletion {self.pk}"


class Summary(models.Model):
    """What a conversation said from its first message to `last`, in short.

    It counts while `last` is on the path: everything above that message is then what
    the summary was made of, whatever was edited, deleted or branched since. `covers`
    is how many messages that are. `by_hand` holds words of the person's own.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_index=False
    )
    last = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    covers = models.PositiveIntegerField()
    text = models.TextField()
    by_hand = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "last"], name="one_summary_per_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id} up to {self.covers}"
