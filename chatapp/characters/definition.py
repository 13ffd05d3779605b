"""What a character is to a prompt, whether it is built in or somebody's card.

The only door to the texts of a card: what is no text where one belongs reads as the
specification's default, since cards come from anywhere and older ones lack fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatapp.characters.models import Character


@dataclass(frozen=True)
class Definition:
    """The fields of a V3 card that are used here; texts as they were written.

    Macros are not expanded, and "" stands for what is not there. `book` is the lorebook
    in V3's shape. Creator notes and tags are for people and stay out of prompts.
    """

    name: str
    nickname: str = ""
    description: str = ""
    personality: str = ""
    scenario: str = ""
    first_mes: str = ""
    alternate_greetings: tuple[str, ...] = ()
    mes_example: str = ""
    system_prompt: str = ""
    post_history_instructions: str = ""
    book: Mapping[str, Any] | None = None
    creator_notes: str = ""
    tags: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What `{{char}}` stands for: the nickname, else the name."""
        return self.nickname or self.name


def definition(character: Character) -> Definition:
    """The texts of this character."""
    if character.card:
        return of_card(character.card, name=character.name)
    return Definition(
        name=character.name,
        description=character.persona,
        first_mes=character.greeting,
        creator_notes=character.description,
        tags=tuple(character.tags),
    )


def of_card(card: Mapping[str, Any], *, name: str = "") -> Definition:
    """The texts of a V3 card's `data`; `name` is for a card that has none."""
    book = card.get("character_book")
    return Definition(
        name=text(card, "name") or name,
        nickname=text(card, "nickname"),
        description=text(card, "description"),
        personality=text(card, "personality"),
        scenario=text(card, "scenario"),
        first_mes=text(card, "first_mes"),
        alternate_greetings=texts(card, "alternate_greetings"),
        mes_example=text(card, "mes_example"),
        system_prompt=text(card, "system_prompt"),
        post_history_instructions=text(card, "post_history_instructions"),
        book=book if isinstance(book, dict) else None,
        creator_notes=text(card, "creator_notes"),
        tags=texts(card, "tags"),
    )


def notes_in(card: Mapping[str, Any], language: str) -> str:
    """The author's notes in this language (V3), else those that every card has."""
    written = card.get("creator_notes_multilingual")
    if isinstance(written, dict):
        for code in (language.lower(), language.lower().partition("-")[0]):
            if found := text(written, code).strip():
                return found
    return text(card, "creator_notes")


def text(card: Mapping[str, Any], key: str) -> str:
    """The text under that key, "" when there is none."""
    value = card.get(key)
    return value if isinstance(value, str) else ""


def texts(card: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The texts of the list under that key."""
    value = card.get(key)
    return (
        tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
    )
