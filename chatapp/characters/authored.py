"""Characters as their owners write them: created, saved, duplicated, deleted.

Each save is a version. A form names the version that it was opened on; an older one
changes nothing and raises `Changed`, so that two tabs never overwrite one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from chatapp.accounts.models import User
from chatapp.characters.definition import Definition, definition, text
from chatapp.characters.deleted import purge_before
from chatapp.characters.kept import CharacterVersion
from chatapp.characters.models import TAGLINE_CHARS, Character, Image, new_slug
from chatapp.characters.taking import one_line, take
from chatapp.characters.themes import Theme, theme_of
from chatapp.characters.visible import own

ENVELOPE = {"spec": "chara_card_v3", "spec_version": "3.0"}
OURS = "anchorage"
"""Our key among a card's extensions: what galleries show and V3 has no field for."""
EMPTY: Mapping[str, Any] = {
    "name": "",
    "description": "",
    "personality": "",
    "scenario": "",
    "first_mes": "",
    "mes_example": "",
    "creator_notes": "",
    "system_prompt": "",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "group_only_greetings": [],
    "tags": [],
    "creator": "",
    "character_version": "",
    "extensions": {},
}
"""Every field that a V3 card has to have."""
HUE = 210
SHOWN_VERSIONS = 50
"""Newest versions that are listed."""
RECALLABLE = 5
"""Deleted characters that are offered to be brought back."""


class Changed(Exception):
    """It was saved since the form was opened: `number` is the newest version."""

    def __init__(self, theirs: Character, number: int) -> None:
        super().__init__(f"version {number} is newer than the form's")
        self.theirs = theirs
        self.number = number


def number_of(character: Character) -> int:
    """The number of the newest version; 0 for one that was only imported."""
    newest = character.versions.values_list("number", flat=True).first()
    return newest or 0


def create(
    user: User, card: Mapping[str, Any], image: Image | None, key: UUID
) -> Character:
    """A new character. The same `key` again is the same character, made once."""
    with transaction.atomic():
        # A double click waits here for the first.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        slug = f"u{key.hex[:12]}"
        if before := Character.objects.filter(slug=slug, owner=user).first():
            return before
        character = Character(slug=slug, owner=user, envelope=dict(ENVELOPE))
        _take(character, card, image)
        character.save()
        _record(character, 1)
    return character


def save(
    user: User,
    slug: str,
    card: Mapping[str, Any],
    image: Image | None,
    *,
    number: int,
) -> Character:
    """Write a new version. Saving what stands there already writes none.

    Raises Changed when `number` is not the newest, and Character.DoesNotExist.
    """
    with transaction.atomic():
        character = own(user).select_for_update(no_key=True).get(slug=slug)
        newest = number_of(character)
        if newest != number:
            raise Changed(character, newest)
        if newest == 0:
            # It came from a file: what stood there is the first version.
            _record(character, 1)
            newest = 1
        same = image == character.image
        if same and dict(card) == character.card:
            return character
        _take(character, card, image)
        character.save()
        _record(character, newest + 1)
    return character


def restore(user: User, slug: str, number: int) -> Character:
    """Make an earlier version the newest one again; what stood there stays a version.

    Raises Character.DoesNotExist and CharacterVersion.DoesNotExist.
    """
    with transaction.atomic():
        character = own(user).select_for_update(no_key=True).get(slug=slug)
        version = character.versions.get(number=number)
        newest = number_of(character)
        return save(user, slug, version.card, version.image, number=newest)


def duplicate(user: User, character: Character) -> Character:
    """A character of this person's own that begins as a copy of this one."""
    card = deepcopy(character.card) or as_card(definition(character))
    card["name"] = gettext("%(name)s (copy)") % {
        "name": text(card, "name") or character.name
    }
    ours(card).update(
        tagline=character.tagline, hue=character.hue, theme=character.theme
    )
    with transaction.atomic():
        copy = Character(
            owner=user, avatar=character.avatar, starters=character.starters
        )
        copy.slug = new_slug()
        copy.envelope = deepcopy(character.envelope) or dict(ENVELOPE)
        _take(copy, card, character.image)
        copy.save()
        _record(copy, 1)
    return copy


def delete(user: User, slug: str) -> bool:
    """Take it off every list; its conversations stay.

    It can be brought back for `DELETED_CHARACTER_DAYS`; then it is purged.
    """
    return bool(own(user).filter(slug=slug).update(deleted_at=timezone.now()))


def undelete(user: User, slug: str) -> bool:
    """Bring it back as it was; False when it is too late."""
    return bool(_deleted(user).filter(slug=slug).update(deleted_at=None))


def deleted_lately(user: User) -> QuerySet[Character]:
    """Those that were deleted last and can be brought back, newest first."""
    gone = _deleted(user).filter(deleted_at__gt=purge_before())
    return gone.defer("card", "envelope").order_by("-deleted_at")[:RECALLABLE]


def _deleted(user: User) -> QuerySet[Character]:
    return Character.objects.filter(
        owner=user, deleted_at__isnull=False, purged_at=None
    )


def as_card(told: Definition) -> dict[str, Any]:
    """A V3 card's `data` that says the same; for characters that have none."""
    card = deepcopy(dict(EMPTY))
    for name in EMPTY:
        value = getattr(told, name, None)
        if isinstance(value, str) and value:
            card[name] = value
    card["alternate_greetings"] = list(told.alternate_greetings)
    card["tags"] = list(told.tags)
    if told.nickname:
        card["nickname"] = told.nickname
    if told.book is not None:
        card["character_book"] = deepcopy(dict(told.book))
    return card


def ours(card: dict[str, Any]) -> dict[str, Any]:
    """What this site keeps among the card's extensions; made when it is not there."""
    extensions = card.get("extensions")
    if not isinstance(extensions, dict):
        extensions = card["extensions"] = {}
    kept = extensions.get(OURS)
    if not isinstance(kept, dict):
        kept = extensions[OURS] = {}
    return kept


def ours_of(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same, to read only."""
    extensions = card.get("extensions")
    kept = extensions.get(OURS) if isinstance(extensions, dict) else None
    return kept if isinstance(kept, dict) else {}


def _take(character: Character, card: Mapping[str, Any], image: Image | None) -> None:
    """Set the card, and the columns that follow it."""
    take(character, card)
    character.image = image
    if "hue" in ours_of(card):  # else an imported one has its picture's
        character.hue = hue_of(card)
    character.theme = theme_in(card)
    if tagline := text(ours_of(card), "tagline"):
        character.tagline = one_line(tagline, TAGLINE_CHARS)


def hue_of(card: Mapping[str, Any]) -> int:
    """The accent that a card brings, 0 to 359."""
    hue = ours_of(card).get("hue")
    if isinstance(hue, int) and not isinstance(hue, bool) and 0 <= hue < 360:
        return hue
    return HUE


def theme_in(card: Mapping[str, Any]) -> Theme:
    """The theme that a card brings; the plain one if it names none of ours."""
    return theme_of(ours_of(card).get("theme"))


def _record(character: Character, number: int) -> None:
    CharacterVersion.objects.create(
        character=character,
        number=number,
        card=character.card,
        image=character.image,
    )
