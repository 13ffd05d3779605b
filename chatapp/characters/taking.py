"""Writes a card into a character's row, with the columns that lists show of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.utils.html import strip_tags

from chatapp.characters.definition import text, texts
from chatapp.characters.models import (
    NAME_CHARS,
    TAG_CHARS,
    TAGLINE_CHARS,
    Character,
)

DESCRIPTION_CHARS = 2000
TAGS = 50
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of all that follows them on a page."""
SENTENCE = re.compile(r"(?<=[.!?。！？])\s")


def take(character: Character, card: Mapping[str, Any]) -> None:
    """Make `card` this character's, and its columns follow; the caller saves the row."""
    notes = plain(text(card, "creator_notes"))
    character.card = dict(card)
    character.name = one_line(text(card, "name"), NAME_CHARS) or character.name
    character.tagline = one_line(SENTENCE.split(notes.strip())[0], TAGLINE_CHARS)
    character.description = notes[:DESCRIPTION_CHARS]
    character.tags = lower_tags(texts(card, "tags"))


def plain(notes: str) -> str:
    """Notes without the HTML that some authors write into them, and its blank lines."""
    return re.sub(r"\n\s*\n\s*", "\n\n", strip_tags(notes)).strip()


def one_line(written: str, most: int) -> str:
    """A text as one line of a list: at most so many characters, none of them unseen."""
    line = " ".join(TURNS.sub("", written).split())
    line = "".join(c for c in line if unicodedata.category(c) != "Cc")
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def lower_tags(tags: tuple[str, ...]) -> list[str]:
    """Tags as filters compare them: in lower case, each once."""
    lines = (one_line(tag, TAG_CHARS).lower() for tag in tags)
    return list(dict.fromkeys(line for line in lines if line))[:TAGS]
