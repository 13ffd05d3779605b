"""The lorebooks of a person: their own, and those of the characters they wrote.

One form for both, so that the pages need not know which they have before them. A book
that was changed meanwhile is never written over: whoever saves says what they had read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from chatapp.accounts.models import User
from chatapp.characters import authored
from chatapp.characters.definition import definition
from chatapp.characters.lore.book import raw_entries
from chatapp.characters.models import Character, Lorebook
from chatapp.characters.visible import own

Kind = Literal["mine", "of"]
MOST_BOOKS = 200
"""Written here or brought; both ways count alike."""
MOST_ON = 10
"""At once: all of them are read for every message, each up to `LARGEST`."""
LARGEST = 2 * 2**20
"""Characters of a book's JSON, as much as a whole card may have."""


class Changed(Exception):
    """It was saved since it was read."""


class TooMany(Exception):
    """`MOST_BOOKS` are there."""


@dataclass(frozen=True)
class Shelved:
    """A book that may be changed. `stamp` is what a form sends back when it saves."""

    kind: Kind
    key: str
    name: str
    data: dict[str, Any]
    stamp: str
    character: Character | None = None

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Its entries as they stand in the JSON."""
        return [dict(entry) for entry in raw_entries(self.data)]


def is_too_large(data: Mapping[str, Any]) -> bool:
    """Whether a book would have more than `LARGEST` characters."""
    return len(json.dumps(data)) > LARGEST


def find(user: User, kind: str, key: str) -> Shelved | None:
    """This person's book; None for anybody else's, and for what is none."""
    if kind == "mine" and key.isdecimal() and len(key) < 18:
        row = Lorebook.objects.filter(owner=user, pk=int(key)).first()
        return None if row is None else _mine(row)
    if kind == "of":
        character = own(user).filter(slug=key).first()
        return None if character is None else _of(character)
    return None


def save(user: User, book: Shelved, data: Mapping[str, Any], name: str = "") -> None:
    """Write it. Raises Changed, and DoesNotExist when it was deleted meanwhile."""
    with transaction.atomic():
        if book.kind == "mine":
            rows = Lorebook.objects.select_for_update(no_key=True)
            row = rows.get(owner=user, pk=int(book.key))
            if _mine(row).stamp != book.stamp:
                raise Changed
            row.data = dict(data)
            if name and name != row.name:
                row.name = row.data["name"] = name  # an export carries it
            row.save()
            return
        character = own(user).get(slug=book.key)
        card = deepcopy(character.card) or authored.as_card(definition(character))
        card["character_book"] = dict(data)
        try:
            authored.save(
                user, book.key, card, character.image, number=int(book.stamp or 0)
            )
        except authored.Changed as exc:
            raise Changed from exc


def create(user: User, name: str) -> Lorebook:
    """A new book of the person's own. Raises TooMany."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if Lorebook.objects.filter(owner=user).count() >= MOST_BOOKS:
            raise TooMany
        data = {"name": name, "extensions": {}, "entries": []}
        return Lorebook.objects.create(
            owner=user, name=name, data=data, is_on=_has_room(user)
        )


def switch(user: User, pk: int, *, on: bool) -> bool:
    """Read this book in every conversation, or in none; False where too many are on.

    Raises Lorebook.DoesNotExist.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        book = Lorebook.objects.defer("data").get(owner=user, pk=pk)
        if on and not book.is_on and not _has_room(user):
            return False
        book.is_on = on
        book.save(update_fields=["is_on"])
    return True


def listed(user: User) -> list[tuple[Lorebook, int]]:
    """Every book of theirs and how many entries it has; their texts are not read."""
    entries = "CASE jsonb_typeof(data->'entries') WHEN 'array'" + (
        " THEN jsonb_array_length(data->'entries') ELSE 0 END"
    )
    rows = Lorebook.objects.filter(owner=user).defer("data")
    counted = rows.annotate(entries=RawSQL(entries, (), IntegerField()))
    return [(row, row.entries) for row in counted]


def _has_room(user: User) -> bool:
    return Lorebook.objects.filter(owner=user, is_on=True).count() < MOST_ON


def _mine(row: Lorebook) -> Shelved:
    stamp = row.updated_at.isoformat()
    return Shelved("mine", str(row.pk), row.name, row.data, stamp)


def _of(character: Character) -> Shelved:
    book = definition(character).book
    data = dict(book) if book else {"extensions": {}, "entries": []}
    stamp = str(authored.number_of(character))
    return Shelved("of", character.slug, character.name, data, stamp, character)
