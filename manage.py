#!/usr/bin/env python
"""Django's command line, with the embedded PostgreSQL running while it is needed."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one management command; see `python manage.py help`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
