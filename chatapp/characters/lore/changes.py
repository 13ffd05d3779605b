"""A lorebook as text, for comparing two of its versions: what people can change of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from chatapp.characters.lore.book import raw_entries, read_entry
from chatapp.characters.lore.forms import BookForm, EntryForm

MARKS = ("constant", "selective", "case_sensitive", "insertion_order", "priority")
SETTINGS = ("scan_depth", "token_budget", "recursive_scanning")


def as_text(book: Mapping[str, Any], *, but: Mapping[str, Any]) -> str:
    """Its settings, and those of its entries that are not the same in the other one.

    So two books of thousands of entries compare as quickly as what differs in them.
    """
    labels = BookForm.base_fields
    settings = [
        f"{labels[name].label}: {_said(book[name])}"
        for name in SETTINGS
        if name in book and book.get(name) != but.get(name)
    ]
    others = Counter(_key(entry) for entry in raw_entries(but))
    parts = ["\n".join(settings)] if settings else []
    for entry in raw_entries(book):
        if others[_key(entry)]:
            others[_key(entry)] -= 1
        else:
            parts.append(_entry(entry))
    return "\n\n".join(parts)


def _key(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True)


def _entry(data: Mapping[str, Any]) -> str:
    entry, labels = read_entry(data), EntryForm.base_fields
    marks = [
        f"{labels[name].label}: {_said(data[name])}"
        for name in MARKS
        if data.get(name) is not None
    ]
    content = data.get("content")
    lines = [
        str(data.get("name") or data.get("comment") or ""),
        ", ".join(entry.keys),
        ", ".join(entry.secondary),
        "" if entry.enabled else _("Off"),
        "; ".join(marks),
        content if isinstance(content, str) else "",
    ]
    return "\n".join(line for line in lines if line)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("On") if value else _("Off")
    return f"{value:g}" if isinstance(value, float) else str(value)
