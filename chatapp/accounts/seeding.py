"""The demo account that `make demo` prints."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from chatapp.accounts.models import User

DEMO_NAME = "demo"
DEMO_EMAIL = "demo@example.com"


@transaction.atomic
def seed_demo_user() -> tuple[str, str]:
    """Make the demo account or give it its password again; returns name and password.

    It is a plain account. The first operator is made with `createsuperuser`.
    """
    password: str = settings.DEMO_PASSWORD
    user, _ = User.objects.select_for_update().get_or_create(
        username=DEMO_NAME, defaults={"email": DEMO_EMAIL}
    )
    if not user.check_password(password):  # a new hash would end its sessions
        user.set_password(password)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=DEMO_EMAIL, defaults={"primary": True, "verified": True}
    )
    return DEMO_NAME, password
