"""The forms of a lorebook and of an entry, to and from their JSON.

What a form does not know stays in the JSON as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chatapp.characters.lore.book import (
    CONTENT_CHARS,
    KEY_CHARS,
    MOST_KEYS,
    read_entry,
    read_keys,
)
from chatapp.characters.lore.keys import PATTERN_CHARS, Key, is_broken
from chatapp.fields import ReadableField

BIG = 1_000_000
PLACES = (
    ("before_char", _("Before the character")),
    ("after_char", _("Behind the character")),
)


class BookForm(forms.Form):
    """What holds for the whole book."""

    name = ReadableField(label=_("Name"), max_length=120)
    scan_depth = forms.IntegerField(
        label=_("Messages to read"),
        required=False,
        min_value=0,
        max_value=60,
        help_text=_("The newest ones, in which keys are looked for. Empty: 4."),
    )
    token_budget = forms.IntegerField(
        label=_("Tokens it may take"),
        required=False,
        min_value=0,
        max_value=BIG,
        help_text=_("Empty: as many as the site gives to lorebooks."),
    )
    recursive_scanning = forms.BooleanField(
        label=_("What came in may bring in more"), required=False
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def initial_of(cls, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        """The form's values for a book."""
        return {
            "name": name,
            "scan_depth": data.get("scan_depth"),
            "token_budget": data.get("token_budget"),
            "recursive_scanning": data.get("recursive_scanning") is True,
        }

    def taken(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The book with this form's values in it."""
        made = dict(data)
        for name in ("scan_depth", "token_budget"):
            if (value := self.cleaned_data[name]) is None:
                made.pop(name, None)
            else:
                made[name] = value
        made["recursive_scanning"] = self.cleaned_data["recursive_scanning"]
        return made


class EntryForm(forms.Form):
    """One entry."""

    name = ReadableField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("For you; it stays out of the prompt."),
    )
    keys = ReadableField(
        label=_("Keys, one in a line"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Words, or a pattern such as /drag(on|ons)/i. One of them has to be spoken"
            " of."
        ),
    )
    content = ReadableField(
        label=_("Text"),
        max_length=CONTENT_CHARS,
        widget=forms.Textarea({"rows": 8}),
        help_text=_(
            "What the model is told then. {{char}} and {{user}} stand for the names;"
            " lines such as @@depth 2 at the beginning say where it goes."
        ),
    )
    enabled = forms.BooleanField(label=_("On"), required=False)
    constant = forms.BooleanField(
        label=_("Always there, whatever is spoken of"), required=False
    )
    selective = forms.BooleanField(
        label=_("A secondary key has to occur, too"), required=False
    )
    secondary_keys = ReadableField(
        label=_("Secondary keys, one in a line"),
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    case_sensitive = forms.BooleanField(label=_("Case counts"), required=False)
    insertion_order = forms.IntegerField(
        label=_("Order"),
        min_value=-BIG,
        max_value=BIG,
        help_text=_("Lower stands earlier."),
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        required=False,
        min_value=-BIG,
        max_value=BIG,
        help_text=_("The lowest goes first when there is no room. Empty: by order."),
    )
    position = forms.ChoiceField(label=_("Place"), choices=PLACES)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_keys(self) -> list[str]:
        """Keys that can be found, at most `MOST_KEYS`."""
        return self._keys("keys")

    def clean_secondary_keys(self) -> list[str]:
        """The same for those."""
        return self._keys("secondary_keys")

    def _keys(self, name: str) -> list[str]:
        lines = self.cleaned_data[name].split("\n")
        keys = list(dict.fromkeys(key for line in lines if (key := line.strip())))
        if len(keys) > MOST_KEYS or any(len(key) > KEY_CHARS for key in keys):
            raise forms.ValidationError(
                _("Up to %(most)s keys of up to %(chars)s characters."),
                params={"most": MOST_KEYS, "chars": KEY_CHARS},
            )
        for key in keys:
            if is_broken(Key(key)):
                raise forms.ValidationError(
                    _(
                        "“%(key)s” is no pattern that works here: up to %(chars)s"
                        " characters, without look-around and back-references."
                    ),
                    params={"key": key, "chars": PATTERN_CHARS},
                )
        return keys

    @classmethod
    def initial_of(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """The form's values for an entry."""
        entry = read_entry(data)
        return {
            "name": data.get("name") or data.get("comment") or "",
            "keys": "\n".join(entry.keys),
            "content": data.get("content") or "",
            "enabled": entry.enabled,
            "constant": entry.constant,
            "selective": entry.selective,
            "secondary_keys": "\n".join(read_keys(data.get("secondary_keys"))),
            "case_sensitive": entry.case_sensitive,
            "insertion_order": int(entry.order),
            "priority": data.get("priority"),
            "position": entry.position,
        }

    def taken(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The entry with this form's values in it."""
        given = {k: v for k, v in self.cleaned_data.items() if k != "stamp"}
        made = {"extensions": {}} | dict(data) | given
        made["use_regex"] = any(key.startswith("/") for key in given["keys"])
        if given["priority"] is None:
            made.pop("priority")
        return made


NEW_ENTRY = {"enabled": True, "insertion_order": 100, "position": "after_char"}


class NewBookForm(forms.Form):
    """A new book needs a name."""

    name = ReadableField(label=_("Name"), max_length=120)


class TryForm(forms.Form):
    """A text to try a book with."""

    text = ReadableField(label=_("Something that might be said"), max_length=20_000)
