"""`manage.py backup [FILE]`: everything into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatapp.operations.backup import backup
from chatapp.operations.dump import DumpFailed


class Command(BaseCommand):
    """Write a backup."""

    help = "Write everything the site keeps into one file; the site may go on running."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument(
            "file", nargs="?", type=Path, help="default: VAR_DIR/backups"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Write it and say where."""
        try:
            written = backup(options["file"])
        except (DumpFailed, OSError) as exc:
            msg = f"No backup was written. {exc}"
            raise CommandError(msg) from exc
        self.stdout.write(
            f"Everything is in {written}. It holds secrets: keep it safe."
        )
