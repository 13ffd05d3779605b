"""`manage.py worker`: runs the site's jobs."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chatapp.operations import jobs, lifeline


class Command(BaseCommand):
    """Run jobs until told to stop."""

    help = "Run the job worker, which learns from what was said."
    requires_system_checks = ()  # as in `web`

    def add_arguments(self, parser: CommandParser) -> None:
        """What the supervisor passes on."""
        parser.add_argument("--supervised", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run until told to stop."""
        if options["supervised"]:
            lifeline.hold_on()
        asyncio.run(jobs.work())
