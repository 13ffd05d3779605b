"""A guest signs in to an account they had before: what they said comes along.

Signing up needs none of this: it turns the guest's own row into the account.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.conversations import tasks
from chatapp.conversations.models import Conversation
from chatapp.memories import anchors, asking, moving
from chatapp.memories.models import Anchor


def bring_along(*, guest: User, user: User, **_: Any) -> None:
    """Receiver of `guest_signed_in`: conversations, records and memory change owner.

    What they answered about delicate facts comes along, where the account has no answer.

    Part of the sign-in's transaction. Each anchor that got atoms is filled by a job.
    """
    with transaction.atomic():
        Conversation.objects.filter(user=guest).update(user=user)
        asking.bring_answers(guest, user)
        for old in Anchor.objects.filter(user=guest):
            new = anchors.anchor_for(user, old.lane, old.key)
            if moving.move(old, new):
                tasks.defer_renewal(new.pk, "")
