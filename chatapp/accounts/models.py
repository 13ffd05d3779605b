"""The person: one row per account or guest, with the pseudonyms MaaS knows them by."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person who chats and learns.

    MaaS never sees a name or an e-mail: it knows `chat_external_id` for characters
    and `tutor_external_id` for the tutor, two unrelated values, so that what is said
    to one can not be joined with what is said to the other.
    """

    is_guest = models.BooleanField(default=False)
    chat_pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    tutor_pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    @property
    def chat_external_id(self) -> str:
        """The `user_external_id` of this person's character memories."""
        return f"u-{self.chat_pseudonym}"

    @property
    def tutor_external_id(self) -> str:
        """The `user_external_id` of this person's learner memories."""
        return f"l-{self.tutor_pseudonym}"
