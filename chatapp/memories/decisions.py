"""What a person decided about their memory, as rows.

What they had removed, what may be kept of delicate matters, whether characters share
what they know, which conversations are off the record, and what is left of a deleted
account at the memory service. None of these rows holds a word of what was said.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Why(models.TextChoices):
    """Why an atom was let go by its person."""

    FORGOTTEN = "forgotten"
    CORRECTED = "corrected"
    DECLINED = "declined"


class Upstream(models.TextChoices):
    """What became of a removed atom at the memory service."""

    WAITING = "waiting"
    DELETED = "deleted"
    MASKED = "masked"
    NEVER = "never"


class Removal(models.Model):
    """An atom that its person let go: the receipt, and the tombstone.

    Until `due_at` it can be undone, and `was` is the state it goes back to. Then the
    text goes, which `erased_at` notes. `quotes` and `turns` count what text was removed
    with it. `digest` is a keyed hash of the statement (`tombstones`), "" where saying
    it again is welcome.
    """

    atom = models.OneToOneField(
        "Atom", on_delete=models.CASCADE, related_name="removal"
    )
    anchor = models.ForeignKey("Anchor", on_delete=models.CASCADE, db_index=False)
    why = models.CharField(max_length=10, choices=Why.choices)
    was = models.CharField(max_length=10)
    at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    upstream = models.CharField(
        max_length=10, choices=Upstream.choices, default=Upstream.WAITING
    )
    quotes = models.PositiveIntegerField(default=0)
    turns = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["anchor", "digest"], name="removal_by_digest"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(erased_at=None),
                name="removal_to_erase",
            ),
        )

    def __str__(self) -> str:
        return f"{self.why} {self.atom_id}"


class Tombstone(models.Model):
    """Where in a message the words stand that a removed atom was learnt from.

    Nothing is learnt from them again. Offsets count characters of the message.
    """

    removal = models.ForeignKey(
        Removal, on_delete=models.CASCADE, related_name="tombstones"
    )
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE)
    begin = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.message_id} {self.begin}-{self.end}"


class SensitiveChoice(models.Model):
    """Whether a kind of delicate fact may be remembered; no row: not asked yet."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sensitive_choices",
        db_index=False,
    )
    kind = models.CharField(max_length=20)
    allowed = models.BooleanField()
    decided_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "kind"], name="one_choice_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.allowed}"


class Sharing(models.Model):
    """A person lets their characters share what they know; no row: they do not."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="sharing",
    )
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"since {self.since:%Y-%m-%d}"


class OffRecord(models.Model):
    """A time in which nothing that is said in a conversation is learnt.

    The open one has no `ended_at`. `recalls` says whether memory is still used in it.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation",
        on_delete=models.CASCADE,
        related_name="off_record",
    )
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    recalls = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(ended_at=None),
                name="one_open_off_record",
            ),
        )

    def __str__(self) -> str:
        return f"off the record since {self.began_at:%Y-%m-%d %H:%M}"


class Orphan(models.Model):
    """An atom that the memory service still has of an account that is deleted here.

    Only the service's id: whose it was, and what it says, is not known any more.
    """

    maas_id = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.maas_id
