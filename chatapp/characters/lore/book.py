"""A lorebook read from a card or from a file of its own, in whatever form it came.

Reading never fails: what makes no sense becomes its default. What is not understood
stays in the JSON, which nobody writes over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Literal, TypeGuard

from chatapp.characters.lore.decorators import (
    PLAIN,
    Decorators,
    decorated,
    split_keys,
)

MOST_ENTRIES = 2_000
MOST_KEYS = 50
"""Keys of one kind that an entry may have; the rest are not looked for."""
KEY_CHARS = 200
CONTENT_CHARS = 40_000
LARGEST = 1_000_000_000
Position = Literal["before_char", "after_char"]


@dataclass(frozen=True)
class Entry:
    """One entry. `number` is its place in the book, from 0; `name` is for people.

    `priority` None: none was given. `whole_words` False: keys count inside of words.
    """

    number: int
    name: str
    keys: tuple[str, ...]
    content: str
    secondary: tuple[str, ...] = ()
    enabled: bool = True
    constant: bool = False
    selective: bool = False
    case_sensitive: bool = False
    whole_words: bool = True
    order: float = 100
    priority: float | None = None
    position: Position = "after_char"
    asks: Decorators = PLAIN


@dataclass(frozen=True)
class Book:
    """A lorebook. `scan_depth` and `token_budget` None: the site's own.

    `is_own` says that it is the character's; one of the person's comes behind it.
    """

    name: str
    entries: tuple[Entry, ...]
    scan_depth: int | None = None
    token_budget: int | None = None
    recursive: bool = False
    is_own: bool = True


def read_book(source: object, *, is_own: bool = True, name: str = "") -> Book:
    """The book of a V2 or V3 card, of a `lorebook_v3` file, or a SillyTavern world.

    `name` is taken where the book has none.
    """
    if not isinstance(source, Mapping):
        return Book(name, (), is_own=is_own)
    data: Mapping[str, Any] = source
    if isinstance(data.get("data"), Mapping) and "entries" not in data:
        data = data["data"]
    entries = raw_entries(data)
    return Book(
        name=_text(data.get("name"))[:200] or name,
        entries=tuple(
            read_entry(entry, number)
            for number, entry in enumerate(entries[:MOST_ENTRIES])
        ),
        scan_depth=_whole(data.get("scan_depth")),
        token_budget=_whole(data.get("token_budget")),
        recursive=data.get("recursive_scanning") is True,
        is_own=is_own,
    )


def raw_entries(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries as they stand in the JSON: a list, or an object with their numbers."""
    entries = data.get("entries")
    if isinstance(entries, Mapping):
        entries = list(entries.values())
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, Mapping)]


def read_entry(data: Mapping[str, Any], number: int = 0) -> Entry:
    """One entry, of a card's book or of a SillyTavern world."""
    asks, content = decorated(_text(data.get("content"))[:CONTENT_CHARS])
    keys = read_keys(data.get("keys", data.get("key")))
    extensions = data.get("extensions")
    extensions = extensions if isinstance(extensions, Mapping) else {}
    name = _text(data.get("name")) or _text(data.get("comment")) or ", ".join(keys[:3])
    enabled = data.get("enabled", not data.get("disable", False))
    whole = extensions.get("match_whole_words", data.get("matchWholeWords"))
    return Entry(
        number=number,
        name=(name or f"#{number + 1}")[:120],
        keys=keys,
        content=content.strip(),
        secondary=read_keys(data.get("secondary_keys", data.get("keysecondary"))),
        enabled=enabled is not False and enabled != 0,
        constant=data.get("constant") is True,
        selective=data.get("selective") is True,
        case_sensitive=(data.get("case_sensitive") is True),
        whole_words=whole is not False,
        order=_number(data.get("insertion_order", data.get("order")), 100),
        priority=None
        if data.get("priority") is None
        else _number(data.get("priority"), 0),
        position=_position(data.get("position")),
        asks=asks,
    )


def read_keys(value: object) -> tuple[str, ...]:
    """Keys as a list, or as one text with commas between them (the format has both)."""
    if isinstance(value, str):
        keys: Sequence[str] = split_keys(value)
    elif isinstance(value, list):
        keys = [key.strip() for key in value if isinstance(key, str) and key.strip()]
    else:
        return ()
    return tuple(dict.fromkeys(key for key in keys if len(key) <= KEY_CHARS))[
        :MOST_KEYS
    ]


def _position(value: object) -> Position:
    # SillyTavern counts: 0 is before the character.
    is_before = value == "before_char" or (value == 0 and _is_number(value))
    return "before_char" if is_before else "after_char"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object, default: float) -> float:
    if not _is_number(value):
        return default
    return max(-LARGEST, min(LARGEST, value))


def _whole(value: object) -> int | None:
    """A count; None where there is none, or none that makes sense."""
    if not _is_number(value) or value < 0:
        return None
    return int(min(value, LARGEST))


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, float) and not isnan(value)
