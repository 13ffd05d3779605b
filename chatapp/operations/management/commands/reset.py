"""`manage.py reset`: forget everything that the site keeps under VAR_DIR."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chatapp import wiring
from chatapp.operations.backup import SECRETS
from chatapp.operations.single import AlreadyRunning, claim


class Command(BaseCommand):
    """Start over."""

    help = "Remove the embedded database, the keys and the collected files."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Remove only what is ours, and only while nobody uses it; backups stay."""
        if settings.DATABASE_URL:
            msg = "DATABASE_URL is set: that database is not ours to empty."
            raise CommandError(msg)
        try:
            claim(settings.VAR_DIR)
            wiring.remove_database()
        except (AlreadyRunning, RuntimeError) as exc:
            msg = f"{exc} Stop it first."
            raise CommandError(msg) from exc
        for name in SECRETS:
            (settings.VAR_DIR / name).unlink(missing_ok=True)
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        self.stdout.write("Removed. The next make demo starts with nothing.")
