"""`manage.py restore FILE`: everything back from one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatapp.operations.backup import BrokenBackup, restore
from chatapp.operations.dump import DumpFailed
from chatapp.operations.single import AlreadyRunning, claim


class Command(BaseCommand):
    """Restore a backup."""

    help = "Replace everything the site keeps by what a backup holds."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path)

    def handle(self, *_: Any, **options: Any) -> None:
        """Check it, restore it, bring its tables up to date."""
        try:
            claim(settings.VAR_DIR)
            made = restore(options["file"])
        except AlreadyRunning as exc:
            msg = f"{exc} Stop it first."
            raise CommandError(msg) from exc
        except BrokenBackup as exc:
            msg = f"{exc} Nothing was changed."
            raise CommandError(msg) from exc
        except DumpFailed as exc:
            msg = f"The database did not take the backup and is as before. {exc}"
            raise CommandError(msg) from exc
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"Restored what was saved at {made}.")
