"""A character as a file to take along: PNG, JSON or CHARX."""

from __future__ import annotations

import binascii
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chatapp.characters import picture
from chatapp.characters.definition import definition
from chatapp.characters.formats import charx, writing
from chatapp.characters.models import Character

WRITERS: Mapping[str, tuple[str, Callable[[dict[str, Any], bytes], bytes]]] = {
    "png": ("image/png", writing.as_png),
    "charx": ("application/octet-stream", writing.as_charx),
}


@dataclass(frozen=True)
class Exported:
    """A file: what is in it, of what kind, and how it may be called."""

    data: bytes
    mime: str
    name: str


def exported(character: Character, kind: str) -> Exported:
    """The character's card as `kind`: "png", "json" or "charx"."""
    data = character.card or _of_built_in(character)
    card = writing.v3(data, character.envelope, now=int(time.time()))
    name = f"{character.name}.{kind}"
    if kind == "json":
        if _holds_picture(data):
            card = writing.with_picture(card, _picture(character))
        return Exported(writing.as_json(card), "application/json", name)
    mime, write = WRITERS[kind]
    return Exported(write(card, _picture(character)), mime, name)


def _holds_picture(data: Mapping[str, Any]) -> bool:
    """Whether the card came with its picture inside: that goes as it is today."""
    try:
        linked = charx.linked(data)
    except binascii.Error:
        return False
    return linked is not None and picture.is_read(linked.read(picture.HEAD_BYTES))


def _picture(character: Character) -> bytes:
    if character.image is not None:
        return picture.as_png(bytes(character.image.data))
    return picture.plain_png(character.name, character.accent)


def _of_built_in(character: Character) -> dict[str, Any]:
    said = definition(character)
    return {
        "name": said.name,
        "description": said.description,
        "first_mes": said.first_mes,
        "creator_notes": said.creator_notes,
        "creator": "Anchorage",
        "tags": list(said.tags),
        "extensions": {},
    }
