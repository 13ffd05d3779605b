"""Whom a person can talk to. Anybody else's character does not exist for them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from chatapp.accounts.models import User
from chatapp.characters.models import Character


def visible_to(user: User | AnonymousUser) -> QuerySet[Character]:
    """The site's characters and the person's own; no deleted ones, and no tutors."""
    whose = Q(owner=None)
    if isinstance(user, User):
        whose |= Q(owner=user)
    return Character.objects.filter(whose, deleted_at=None, is_tutor=False)


def own(user: User) -> QuerySet[Character]:
    """The person's own characters that are not deleted."""
    return Character.objects.filter(owner=user, deleted_at=None)
