"""A character as galleries show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.characters.visible import visible_to

SHOWN = 12


@dataclass(frozen=True)
class Card:
    """One character, or the tutor of the course `title`."""

    slug: str
    name: str
    title: str
    tagline: str
    description: str
    portrait: str
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
        portrait=character.portrait,
        hue=character.accent,
        starters=character.starters,
    )


def cards(user: User | AnonymousUser) -> list[Card]:
    """Whom this person can chat with, for the front page; the gallery has them all."""
    # A card may be megabytes long, and a gallery shows none of it.
    found = visible_to(user).defer("card", "envelope")
    return [card(character) for character in found[:SHOWN]]
