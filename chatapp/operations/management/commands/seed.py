"""`manage.py seed`: brings in the built-in characters, courses and the demo account."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from chatapp.operations.seeding import seed


class Command(BaseCommand):
    """Create or update what a fresh site holds."""

    help = "Create or update the built-in characters, courses and the demo account."

    def handle(self, *_: Any, **__: Any) -> None:
        """Seed and say for whom."""
        demo = seed()
        self.stdout.write(f"Seeded. The demo account is {demo.login}.")
