"""Brings the built-in characters into the database; running it again updates them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from chatapp.characters.models import Character

BUILTIN = Path(__file__).parent / "builtin"
COPIED = ("name", "tagline", "description", "persona", "greeting", "starters", "order")


def seed_characters() -> int:
    """Create or update every built-in character; returns how many there are."""
    files = sorted(BUILTIN.glob("*.toml"))
    for file in files:
        seed(tomllib.loads(file.read_text(encoding="utf-8")))
    return len(files)


def seed(card: dict[str, Any], *, subject: str = "", name: str = "") -> Character:
    """One character from its file; a missing key is an error that names it.

    With a `subject` it is the tutor of that course.
    """
    fields = {key: card[key] for key in COPIED if key in card}
    if name:
        fields["name"] = name
    missing = {"name", "persona"} - fields.keys()
    if missing:
        msg = f"{card.get('slug', '?')}: {', '.join(sorted(missing))} missing"
        raise ValueError(msg)
    character, _ = Character.objects.update_or_create(
        slug=card["slug"],
        defaults=fields
        | {
            "hue": card["accent"],
            "avatar": f"avatars/{card['slug']}.svg",
            "is_builtin": True,
            "is_tutor": bool(subject),
            "subject": subject,
        },
    )
    return character
