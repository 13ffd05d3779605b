#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL running while it is needed."""

from __future__ import annotations

import os
import sys

# These look at files alone, or see to the database themselves.
WITHOUT_DATABASE = {
    *("help", "version", "--help", "-h", "--version", "check", "diffsettings"),
    *("collectstatic", "findstatic", "compilemessages", "makemessages"),
    *("startapp", "startproject", "reset", "demo"),
}


def main() -> None:
    """Run one management command; see `python manage.py help`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    import django
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_DATABASE or {"-h", "--help"} & set(sys.argv):
        execute_from_command_line(sys.argv)
        return
    django.setup()
    from chatapp.wiring import database_server

    with database_server():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
