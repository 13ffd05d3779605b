"""The person, what they have used, and the switch that stops every reply.

One `User` row per account or guest, with the pseudonyms MaaS knows them by. `Usage`
and `Lease` are written by `caps` alone, `AddressBucket` by `flood` alone.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from chatapp.accounts import shortcuts


class User(AbstractUser):
    """A person who chats and learns.

    MaaS never sees a name or an e-mail: it knows `chat_external_id` for characters
    and `tutor_external_id` for the tutor, two unrelated values, so that what is said
    to one can not be joined with what is said to the other.

    How they read (`reading`) and which keys do what stand in this row, too: it is read
    for every page anyway. `chosen_keys` has only what differs from `shortcuts.SHORTCUTS`.
    """

    ZONE_CHARS = 64

    is_guest = models.BooleanField(default=False)
    chat_pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tutor_pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Empty: nobody chose, so the cookie or the browser says it.
    language = models.CharField(max_length=8, blank=True, default="")
    text_size = models.CharField(max_length=10, default="", db_default="", blank=True)
    text_width = models.CharField(max_length=10, default="", db_default="", blank=True)
    chosen_keys = models.JSONField(default=dict, db_default={}, blank=True)
    # A name of the zone database (see `zones`); empty until the browser has named it.
    zone = models.CharField(max_length=ZONE_CHARS, blank=True)

    class Meta(AbstractUser.Meta):
        indexes = (
            models.Index(
                fields=["last_seen_at"],
                condition=models.Q(is_guest=True),
                name="accounts_guest_seen",
            ),
        )

    @property
    def chat_external_id(self) -> str:
        """The `user_external_id` of this person's character memories."""
        return f"u-{self.chat_pseudonym}"

    @property
    def tutor_external_id(self) -> str:
        """The `user_external_id` of this person's learner memories."""
        return f"l-{self.tutor_pseudonym}"

    @property
    def keys(self) -> str:
        """Which keys do what, as keys.js reads it."""
        return shortcuts.on_page(self.chosen_keys)

    @property
    def display_name(self) -> str:
        """What a page calls this person; a guest's made-up name is not shown."""
        return gettext("Guest") if self.is_guest else self.username


class SiteSwitch(models.Model):
    """The one row with which an operator stops new replies at once.

    No row means on. `settings.REPLIES_ENABLED` has to be on as well.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(
        primary_key=True, default=ONLY, editable=False
    )
    replies_enabled = models.BooleanField(
        default=True, help_text="Off: no new reply starts. Running ones finish."
    )
    message = models.CharField(
        max_length=300,
        blank=True,
        help_text="Shown to whoever sends a message while replies are off.",
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "site switch"
        verbose_name_plural = "site switch"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(id=1), name="accounts_one_site_switch"
            ),
        )

    def __str__(self) -> str:
        return "Replies are on" if self.replies_enabled else "Replies are off"


class Usage(models.Model):
    """What a person's replies took on one UTC day.

    Its row lock is what makes admitting a turn exact (see `caps.admit`).
    """

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="usage"
    )
    day = models.DateField()
    tokens = models.PositiveBigIntegerField(
        default=0, help_text="Prompt and reply tokens charged on that day."
    )

    class Meta:
        verbose_name_plural = "usage"

    def __str__(self) -> str:
        return f"{self.user_id} on {self.day}: {self.tokens} tokens"


class Lease(models.Model):
    """One admitted turn: it counts as running until it ended or its lease ran out.

    A process that dies renews nothing, so that its turns stop counting by themselves.
    """

    generation_id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="leases")
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reserved = models.PositiveIntegerField(
        help_text="Tokens set aside for this turn until the real number is known."
    )

    class Meta:
        indexes = (
            models.Index(fields=["user", "started_at"], name="accounts_lease_turns"),
        )

    def __str__(self) -> str:
        return str(self.generation_id)


class AddressBucket(models.Model):
    """How many new guests an address may still open. The address itself is not kept."""

    address_hash = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address_hash[:12]
