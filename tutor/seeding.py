"""Brings the built-in courses into the database; running it again updates them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from chatapp.characters.seeding import seed
from tutor.models import Course

COURSES = Path(__file__).parent / "courses"


def seed_courses() -> int:
    """Create or update every built-in course; returns how many there are."""
    files = sorted(COURSES.glob("*.toml"))
    for file in files:
        card = tomllib.loads(file.read_text(encoding="utf-8"))
        tutor = seed(card, subject=card["title"], name=card["tutor_name"])
        Course.objects.update_or_create(
            slug=card["slug"],
            defaults={
                "title": card["title"],
                "tagline": card["tagline"],
                "topics": outline(card["topics"]),
                "tutor": tutor,
                "order": card.get("order", 100),
            },
        )
    return len(files)


def outline(topics: list[dict[str, Any]]) -> str:
    """The course's topics as prompt text, with the misconceptions to listen for."""
    parts: list[str] = []
    for number, topic in enumerate(topics, start=1):
        lines = [f"{number}. {topic['title']}: {topic['explanation']}"]
        if example := topic.get("example"):
            lines.append(f"   Example: {example}")
        lines += [
            f"   Common mistake: {wrong['statement']} Correction: {wrong['correction']}"
            for wrong in topic.get("misconceptions", [])
        ]
        parts.append("\n".join(lines))
    return "\n".join(parts)
