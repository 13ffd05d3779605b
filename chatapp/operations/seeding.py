"""What a fresh site holds: characters, courses and the demo account.

Each part of the site brings its own function; they are named here, not imported, since
the site does not import the tutor. All of them may run again: they update.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.module_loading import import_string

CONTENT = ("chatapp.characters.seeding.seed_characters", "tutor.seeding.seed_courses")
DEMO_USER = "chatapp.accounts.seeding.seed_demo_user"


@dataclass(frozen=True)
class DemoSignIn:
    """The account to look around with."""

    login: str
    password: str


def seed() -> DemoSignIn:
    """Bring everything in; returns the demo account."""
    for name in CONTENT:
        import_string(name)()
    return DemoSignIn(*import_string(DEMO_USER)())
