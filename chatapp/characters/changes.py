"""What differs between two versions of a character, field by field and word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.translation import gettext as _

from chatapp.characters.editor_form import CharacterForm, initial
from chatapp.characters.lore.changes import as_text
from chatapp.fields import ReadableField

MOST_WORDS = 1_500
"""Longer texts are compared by lines: comparing takes the square of their number."""
MOST_LINES = 3_000
WORDS = re.compile(r"\s+|[^\s]+")
LINES = re.compile(r"[^\n]*\n?")
Kind = Literal["same", "out", "in"]


@dataclass(frozen=True)
class Piece:
    """Some text that stayed, went out, or came in."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """What happened to one field. `pieces` are empty where no text can be shown."""

    label: str
    pieces: Sequence[Piece]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every field of the card that differs, in the order of the editor."""
    before, after = _shown(old), _shown(new)
    named = labels()
    found = [
        Change(named[name], pieces(before[name], after[name]))
        for name in named
        if before[name] != after[name]
    ]
    if _book_differs(old, new):
        found.append(Change(_("Lorebook"), _book_pieces(*_books(old, new))))
    if _rest(old) != _rest(new):
        found.append(Change(_("Other data of the card"), ()))
    return found


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What these fields are called; their texts are not compared."""
    before, after = _shown(old), _shown(new)
    found = [label for name, label in labels().items() if before[name] != after[name]]
    if _book_differs(old, new):
        found.append(_("Lorebook"))
    if _rest(old) != _rest(new):
        found.append(_("Other data of the card"))
    return found


def pieces(old: str, new: str) -> list[Piece]:
    """The two texts as one, with what went out and what came in."""
    for pattern, most in ((WORDS, MOST_WORDS), (LINES, MOST_LINES)):
        before = [part for part in pattern.findall(old) if part]
        after = [part for part in pattern.findall(new) if part]
        if max(len(before), len(after)) <= most:
            return _compared(before, after)
    return [Piece("out", old), Piece("in", new)]


def labels() -> dict[str, str]:
    """What the editor calls each field."""
    shown = {
        name: str(field.label)
        for name, field in CharacterForm.base_fields.items()
        if isinstance(field, ReadableField)
    }
    return shown | {
        **{
            name: str(CharacterForm.base_fields[name].label)
            for name in ("hue", "theme")
        },
        "alternate_greetings": _("Other first messages"),
        "group_only_greetings": _("First messages for groups"),
    }


def _shown(card: Mapping[str, Any]) -> dict[str, str]:
    values = initial(card)
    return {
        name: "\n\n".join(value) if isinstance(value, list) else str(value)
        for name, value in values.items()
    }


def _book_differs(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return bool(old.get("character_book") != new.get("character_book"))


def _book_pieces(old: Mapping[str, Any], new: Mapping[str, Any]) -> Sequence[Piece]:
    """None where only what no page shows of a book has changed."""
    before, after = as_text(old, but=new), as_text(new, but=old)
    return pieces(before, after) if before != after else ()


def _books(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    before, after = old.get("character_book"), new.get("character_book")
    return (
        before if isinstance(before, dict) else {},
        after if isinstance(after, dict) else {},
    )


def _rest(card: Mapping[str, Any]) -> dict[str, Any]:
    known = {*initial(card), "character_book", "extensions"}
    rest = {key: value for key, value in card.items() if key not in known}
    extensions = card.get("extensions")
    if isinstance(extensions, dict):
        rest["extensions"] = {k: v for k, v in extensions.items() if k != "anchorage"}
    return rest


def _compared(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(before[a:b])))
            continue
        if a < b:
            found.append(Piece("out", "".join(before[a:b])))
        if c < d:
            found.append(Piece("in", "".join(after[c:d])))
    return found
