"""A guest signs in to an account they had before: their characters and books come along."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.characters.models import Character, Image, Lorebook


def bring_along(*, guest: User, user: User, **_: Any) -> None:
    """Receiver of `guest_signed_in`: characters, pictures and books change
    owner.

    Deleted ones too, since that can be undone. Slugs stay, and so does the memory
    that is kept under them.
    """
    with transaction.atomic():
        Character.objects.filter(owner=guest).update(owner=user)
        Image.objects.filter(owner=guest).update(owner=user)
        Lorebook.objects.filter(owner=guest).update(owner=user)
