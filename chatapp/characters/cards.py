"""A character as galleries show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatapp.characters.models import Character


@dataclass(frozen=True)
class Card:
    """One character, or the tutor of the course `title`."""

    slug: str
    name: str
    title: str
    tagline: str
    description: str
    avatar: str
    hue: int
    starters: Sequence[str]


def card(character: Character) -> Card:
    """The card of a character; its title is its course's, if it is a tutor."""
    return Card(
        slug=character.slug,
        name=character.name,
        title=character.subject or character.name,
        tagline=character.tagline,
        description=character.description,
        avatar=character.avatar,
        hue=character.accent,
        starters=character.starters,
    )


def cards() -> list[Card]:
    """Everybody one can chat with."""
    return [card(character) for character in Character.objects.filter(is_tutor=False)]
