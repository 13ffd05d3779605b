"""`manage.py demo`: the whole site, for `make demo`."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatapp.operations import demo
from chatapp.operations.listening import CannotListen
from chatapp.operations.single import AlreadyRunning


class Command(BaseCommand):
    """Prepare, start and look after everything."""

    help = "Prepare the site, then run the web server, the worker and the database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What `make demo` adds."""
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="stop also when the process that started this one is gone",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Run until told to stop."""
        try:
            code = demo.run(end_with_parent=options["end_with_parent"])
        except (AlreadyRunning, CannotListen, RuntimeError) as exc:
            raise CommandError(str(exc)) from exc
        sys.exit(code)
