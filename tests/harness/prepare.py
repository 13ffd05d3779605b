"""`python -m tests.harness.prepare`: migrate, seed and collect, in one process.

As three commands it takes three times as long: most of each is starting Django.
"""

from __future__ import annotations

import os

import django
from django.core.management import call_command


def main() -> None:
    """Make the database and VAR_DIR of the environment ready for a site."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("seed")
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
