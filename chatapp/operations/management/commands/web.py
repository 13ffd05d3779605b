"""`manage.py web`: the web server on HOST and PORT."""

from __future__ import annotations

import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatapp.operations import lifeline, web
from chatapp.operations.listening import CannotListen, listen


class Command(BaseCommand):
    """Serve the site."""

    help = "Run the web server (uvicorn) on HOST and PORT."
    # They are for `check` and `migrate`: a fifth of a second of each start.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """What the supervisor passes on."""
        parser.add_argument("--handle", type=int, help="an open listening socket")
        parser.add_argument("--supervised", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run until told to stop."""
        if options["supervised"]:
            lifeline.hold_on()
        if options["handle"] is not None:
            web.serve(socket.socket(fileno=options["handle"]))
            return
        try:
            listening = listen(settings.HOST, settings.PORT)
        except CannotListen as exc:
            raise CommandError(str(exc)) from exc
        web.serve(listening)
