"""A card of any version as V3's `data`: known fields in their types, unknown ones kept.

Sources: Character Card V1, V2 and V3. Older revisions of V3 said that it has no
`first_mes` and others; that was withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from chatapp.characters.formats import limits
from chatapp.characters.formats.lorebook import as_text, lorebook
from chatapp.characters.formats.refusal import Refused

Object = dict[str, Any]
Version = Literal["v1", "v2", "v3"]

V1 = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
TEXTS = (
    *V1,
    *("creator_notes", "system_prompt", "post_history_instructions"),
    *("creator", "character_version"),
)
LISTS = ("alternate_greetings", "tags", "group_only_greetings")
OPTIONAL_TEXTS = ("nickname",)
OPTIONAL_OBJECTS = ("creator_notes_multilingual",)
OPTIONAL_NUMBERS = ("creation_date", "modification_date")
SPECS: dict[Any, Version] = {"chara_card_v2": "v2", "chara_card_v3": "v3"}


@dataclass(frozen=True)
class Card:
    """A card as it is kept: `data` in V3's shape, `envelope` what stood around it.

    `notes` tell its owner what was changed or left out.
    """

    version: Version
    data: Object
    envelope: Object
    notes: tuple[str, ...] = ()


def normal(found: Object) -> Card:
    """The card in a file's JSON. Raises Refused when it is none, or has no name."""
    body = found.get("data")
    if isinstance(body, dict):
        envelope = {key: value for key, value in found.items() if key != "data"}
        version = SPECS.get(_spec(found), "v2")
    else:
        body, envelope, version = found, {}, "v1"
    if not any(key in body for key in V1):
        raise Refused(_("There is no character in this JSON, and no lorebook."))
    notes = _newer(found)
    data = dict(body)
    for key in TEXTS:
        data[key] = as_text(body.get(key))
    for key in LISTS:
        data[key] = _texts(body.get(key), splits=key == "tags")
    data["extensions"] = _kept(body, "extensions", dict) or {}
    for keys, kind in (
        (OPTIONAL_TEXTS, str),
        (OPTIONAL_OBJECTS, dict),
        (OPTIONAL_NUMBERS, (int, float)),
        (("assets",), list),
    ):
        for key in keys:
            if key in body and not isinstance(body[key], kind):
                del data[key]
    if "source" in body:
        data["source"] = _texts(body["source"])
    book = data.pop("character_book", None)
    if isinstance(book, dict):
        data["character_book"] = lorebook(book, notes)
    _check_name(data)
    if len(data["alternate_greetings"]) > limits.GREETINGS:
        raise Refused(
            _("The card has %(count)s greetings; up to %(limit)s are taken.")
            % {
                "count": f"{len(data['alternate_greetings']):,}",
                "limit": limits.GREETINGS,
            }
        )
    return Card(version, data, envelope, tuple(notes))


def _spec(found: Object) -> str:
    return as_text(found.get("spec")).strip().lower()


def _newer(found: Object) -> list[str]:
    """A note when the card is of a version that this site does not know."""
    if not is_newer(found):
        return []
    return [
        _(
            "It was written for a newer version of the format (%(version)s). What is new"
            " there is kept, and not used."
        )
        % {"version": as_text(found["spec_version"])[:20]}
    ]


def is_newer(envelope: Object) -> bool:
    """Whether what stands around a card says that it is of a later version than 3.0."""
    try:
        return float(as_text(envelope.get("spec_version"))) > 3.0
    except ValueError:
        return False


def _check_name(data: Object) -> None:
    name = data["name"].strip()
    if not name:
        raise Refused(_("The card has no name."))
    if len(name) > limits.NAME_CHARS:
        raise Refused(
            _("The card's name has %(count)s characters; up to %(limit)s are taken.")
            % {"count": f"{len(name):,}", "limit": limits.NAME_CHARS}
        )


def _texts(value: Any, *, splits: bool = False) -> list[str]:
    if isinstance(value, str):
        value = value.split(",") if splits else [value]
    if not isinstance(value, list):
        return []
    texts = [as_text(part) for part in value if part is not None]
    return [text for text in texts if text.strip()]


def _kept(found: Object, key: str, kind: type) -> Any:
    value = found.get(key)
    return value if isinstance(value, kind) else None
