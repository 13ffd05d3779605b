"""Brings the built-in courses into the database; running it again updates them."""

from __future__ import annotations

from chatapp.characters.seeding import seed
from tutor.content.course import CourseContent
from tutor.content.library import builtin, builtin_slugs
from tutor.models import Course

LONGEST_OUTLINE = 12_000
"""Characters; what comes behind them is named by its title alone."""


def seed_courses() -> int:
    """Create or update every built-in course; returns how many there are."""
    slugs = builtin_slugs()
    for slug in slugs:
        draft = builtin(slug)
        card = draft.card
        tutor = seed(card, subject=card["title"], name=card["tutor_name"])
        Course.objects.update_or_create(
            slug=card["slug"],
            defaults={
                "title": card["title"],
                "tagline": card["tagline"],
                "topics": outline(draft.content),
                "tutor": tutor,
                "order": card.get("order", 100),
            },
        )
    return len(slugs)


def outline(content: CourseContent) -> str:
    """The concepts as prompt text, in order, with the misconceptions to listen for.

    Items are not in it: what they ask for is no business of a model.
    """
    parts: list[str] = []
    length = 0
    for number, concept in enumerate(content.in_order(), start=1):
        if length > LONGEST_OUTLINE:
            parts.append(f"{number}. {concept.title}")
            continue
        lines = [f"{number}. {concept.title}: {concept.explanation}"]
        lines += [
            f"   Common mistake: {wrong.statement} Correction: {wrong.correction}"
            for wrong in content.misconceptions_of(concept.slug)
        ]
        parts.append("\n".join(lines))
        length += len(parts[-1])
    return "\n".join(parts)
