"""One click instead of a sign-up form: guests, and when they are forgotten."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from chatapp.accounts.models import User

NAME_PREFIX = "guest-"
BATCH = 100
BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in_new_guest(request: HttpRequest) -> User:
    """Make a guest and sign them in for `GUEST_DAYS` after their last visit."""
    guest = User(
        username=NAME_PREFIX + secrets.token_hex(8),
        is_guest=True,
        last_seen_at=timezone.now(),
    )
    guest.set_unusable_password()
    guest.save(force_insert=True)
    login(request, guest, backend=BACKEND)
    # In seconds: a timedelta would be counted from now on, not from the last visit.
    request.session.set_expiry(settings.GUEST_DAYS * 86_400)
    return guest


def remove_old_guests(now: datetime | None = None) -> int:
    """Delete guests not seen for `GUEST_DAYS`, with all they own; returns how many.

    In batches and through the ORM, so that other apps' delete signals are sent.
    """
    before = (now or timezone.now()) - timedelta(days=settings.GUEST_DAYS)
    removed = 0
    while count := _remove_some(before):
        removed += count
    return removed


def _remove_some(before: datetime) -> int:
    with transaction.atomic():
        # Locked, so that nobody signs up in a row that is about to go.
        rows = _unseen_since(before).select_for_update(skip_locked=True)
        batch = list(rows.values_list("pk", flat=True)[:BATCH])
        User.objects.filter(pk__in=batch).delete()
    return len(batch)


def _unseen_since(before: datetime) -> QuerySet[User]:
    seen = Coalesce("last_seen_at", "date_joined")
    return User.objects.filter(is_guest=True).alias(seen=seen).filter(seen__lt=before)
