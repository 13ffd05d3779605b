"""The form of a character: every field of a card that is used here, with what it does.

What the form does not show of a card, unknown keys and extensions included, stays as it
is. Lists of texts are fields of the same name, one for each text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chatapp.characters.authored import EMPTY, OURS, hue_of, ours, ours_of, theme_in
from chatapp.characters.definition import text, texts
from chatapp.characters.formats.limits import GREETINGS
from chatapp.characters.models import TAG_CHARS, TAGLINE_CHARS
from chatapp.characters.themes import Theme
from chatapp.fields import UNREADABLE, ReadableField

CARD_NAME_CHARS = 200
TEXT_CHARS = 100_000
CARD_BYTES = 2 * 1024 * 1024
MOST_TAGS = 200
TEXTS = (
    *("name", "nickname", "description", "personality", "scenario", "first_mes"),
    *("mes_example", "system_prompt", "post_history_instructions"),
    *("creator_notes", "creator", "character_version"),
)
LISTS = ("alternate_greetings", "group_only_greetings")


def _box(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CharacterForm(forms.Form):
    """One character as it is written. `number` is the version that was opened."""

    name = ReadableField(
        label=_("Name"),
        max_length=CARD_NAME_CHARS,
        help_text=_("What they are called. It stands wherever {{char}} does."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    nickname = ReadableField(
        label=_("Nickname"),
        required=False,
        max_length=CARD_NAME_CHARS,
        help_text=_("Stands for {{char}} instead of the name, if there is one."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tagline = ReadableField(
        label=_("Tagline"),
        required=False,
        max_length=TAGLINE_CHARS,
        help_text=_("A few words below the name, in lists only."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tags = ReadableField(
        label=_("Tags"),
        required=False,
        max_length=MOST_TAGS * (TAG_CHARS + 2),
        help_text=_("To find them by, with commas between. Not part of any prompt."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    creator_notes = ReadableField(
        label=_("Notes"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_(
            "For whoever uses this character: what it is, how it likes to be played."
            " Not part of any prompt."
        ),
        widget=_box(3),
    )
    hue = forms.IntegerField(
        label=_("Colour"),
        min_value=0,
        max_value=359,
        required=False,
        help_text=_("The accent that their pages take on."),
        widget=forms.NumberInput(attrs={"type": "range", "step": 10, "max": 350}),
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=Theme.choices,
        required=False,
        help_text=_("The colours of the room. Whoever talks there may choose others."),
    )
    description = ReadableField(
        label=_("Description"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_(
            "Who they are: looks, life, voice. The most important text; it is in every"
            " prompt."
        ),
        widget=_box(10),
    )
    personality = ReadableField(
        label=_("Personality"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_("A short summary of their character. In every prompt."),
        widget=_box(3),
    )
    scenario = ReadableField(
        label=_("Scenario"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_("Where you meet, and what is going on. In every prompt."),
        widget=_box(3),
    )
    first_mes = ReadableField(
        label=_("First message"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_(
            "They speak first, with this. Its length and style teach the model how"
            " long and in what style to write."
        ),
        widget=_box(6),
    )
    mes_example = ReadableField(
        label=_("Example dialogue"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_(
            "How they talk. Begin each example with <START>, and lines with {{user}}:"
            " or {{char}}:. In the prompt while there is room, and cut first."
        ),
        widget=_box(6),
    )
    system_prompt = ReadableField(
        label=_("System prompt"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_(
            "Takes the place of this site's own instructions. {{original}} stands for"
            " those. Empty: the site's own."
        ),
        widget=_box(4),
    )
    post_history_instructions = ReadableField(
        label=_("Instructions after the conversation"),
        required=False,
        max_length=TEXT_CHARS,
        help_text=_(
            "Stands behind everything that was said, where models heed it most."
            " {{original}} stands for the site's own."
        ),
        widget=_box(3),
    )
    creator = ReadableField(
        label=_("Creator"),
        required=False,
        max_length=CARD_NAME_CHARS,
        help_text=_("Who wrote it. Not part of any prompt."),
    )
    character_version = ReadableField(
        label=_("Version"),
        required=False,
        max_length=CARD_NAME_CHARS,
        help_text=_("Its author's own number for it, as the card has it."),
    )
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: MultiValueDict[str, str] | None = None, **more: Any):
        super().__init__(data, **more)
        self._lists: dict[str, list[str]] = {}
        for name in LISTS:
            given = data.getlist(name) if data is not None else self.initial.get(name)
            self._lists[name] = [each.replace("\r\n", "\n") for each in given or ()]

    @property
    def greetings(self) -> Sequence[str]:
        """Alternates of the first message, an empty one more to write in."""
        return self._lists["alternate_greetings"] or [""]

    @property
    def group_greetings(self) -> Sequence[str]:
        """First messages that are for groups only."""
        return self._lists["group_only_greetings"] or [""]

    def clean_tags(self) -> list[str]:
        """The tags, each once, however they are written."""
        written = (
            " ".join(tag.split()) for tag in self.cleaned_data["tags"].split(",")
        )
        found: dict[str, str] = {}
        for tag in written:
            if tag:
                found.setdefault(tag.lower(), tag)
        if len(found) > MOST_TAGS:
            raise ValidationError(
                ngettext(
                    "There can be %(most)s tag.",
                    "There can be up to %(most)s tags.",
                    MOST_TAGS,
                )
                % {"most": MOST_TAGS}
            )
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        """Lists are text, and the whole is no larger than a card may be."""
        given: dict[str, Any] = super().clean() or {}
        for name in LISTS:
            entries = [text for each in self._lists[name] if (text := each.strip())]
            if len(entries) > GREETINGS:
                message = _("There are %(count)s greetings; up to %(most)s are kept.")
                numbers = {"count": len(entries), "most": GREETINGS}
                self.add_error(None, ValidationError(message, params=numbers))
            if any(
                len(each) > TEXT_CHARS or "\0" in each or UNREADABLE.search(each)
                for each in entries
            ):
                message = _(
                    "One of the greetings can not be kept: too long, or no text."
                )
                self.add_error(None, ValidationError(message))
            given[name] = entries
        size = len(json.dumps(given, default=str, ensure_ascii=False).encode())
        if size > CARD_BYTES:
            self.add_error(
                None, ValidationError(_("All of it together is more than 2 MB."))
            )
        return given


def initial(card: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a card."""
    shown: dict[str, Any] = {name: text(card, name) for name in TEXTS}
    shown |= {name: list(texts(card, name)) for name in LISTS}
    shown["tags"] = ", ".join(texts(card, "tags"))
    shown["tagline"] = text(ours_of(card), "tagline")
    shown["hue"] = hue_of(card)
    shown["theme"] = theme_in(card).value
    return shown


def card_of(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The card with what the form says in it, and everything else as it was."""
    card = deepcopy(dict(before) or dict(EMPTY))
    for name in TEXTS:
        value = given.get(name, "")
        # A field that is not there and stays empty is not added.
        if value or name in card:
            card[name] = value
    for name in LISTS:
        card[name] = list(given.get(name, ()))
    card["tags"] = list(given.get("tags", ()))
    own = {"tagline": given.get("tagline", ""), "hue": given.get("hue")}
    theme = given.get("theme", "")
    if own["tagline"] or theme or own["hue"] is not None or OURS in _extensions(card):
        kept = ours(card)
        kept["tagline"] = own["tagline"]
        if own["hue"] is not None:
            kept["hue"] = own["hue"]
        if theme or "theme" in kept:
            kept["theme"] = theme
    return card


def written(
    data: MultiValueDict[str, str], before: Mapping[str, Any]
) -> dict[str, Any]:
    """The card as it stands in an unfinished form, for counts and the preview."""
    raw = {name: str(data.get(name, "")).replace("\r\n", "\n") for name in TEXTS}
    given: dict[str, Any] = {key: value.strip() for key, value in raw.items()}
    given |= {name: _filled(data.getlist(name)) for name in LISTS}
    return card_of(given, before)


def _filled(entries: Iterable[str]) -> list[str]:
    return [entry.replace("\r\n", "\n") for entry in entries if entry.strip()]


def _extensions(card: Mapping[str, Any]) -> Mapping[str, Any]:
    found = card.get("extensions")
    return found if isinstance(found, dict) else {}
