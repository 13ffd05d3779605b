"""Links into a class. A link is shown once, when it is made; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from tutor.models import Classroom, Invitation

VALID = timedelta(days=30)


def invite(classroom: Classroom, now: datetime) -> str:
    """A new link's token; every older link of the class stops working."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        close(classroom, now)
        Invitation.objects.create(
            classroom=classroom,
            token_hash=hashed(token),
            created_at=now,
            expires_at=now + VALID,
        )
    return token


def close(classroom: Classroom, now: datetime) -> None:
    """No link leads into the class any more."""
    classroom.invitations.filter(closed_at=None).update(closed_at=now)


def standing(classroom: Classroom, now: datetime) -> Invitation | None:
    """The class's link that works now, if there is one."""
    valid = classroom.invitations.filter(closed_at=None, expires_at__gt=now)
    return valid.order_by("-created_at").first()


def behind(token: str, now: datetime) -> Invitation | None:
    """The invitation that a link stands for, while it is valid."""
    return (
        Invitation.objects.select_related("classroom__course", "classroom__teacher")
        .filter(token_hash=hashed(token), closed_at=None, expires_at__gt=now)
        .first()
    )


def hashed(token: str) -> str:
    """What is kept of a token. It is random and long, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
