"""`manage.py remove_guests`: forget guests who did not come back. Run it once a day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from chatapp.accounts.flood import forget_addresses
from chatapp.accounts.guests import remove_old_guests


class Command(BaseCommand):
    help = "Delete guests not seen for GUEST_DAYS days, and all that is theirs."

    def handle(self, *_args: Any, **_options: Any) -> None:
        removed = remove_old_guests()
        forget_addresses()
        self.stdout.write(
            f"Removed {removed} guest{'' if removed == 1 else 's'} "
            f"not seen for {settings.GUEST_DAYS} days."
        )
