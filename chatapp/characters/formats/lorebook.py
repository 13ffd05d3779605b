"""A lorebook in V3's shape, from any of the shapes that are found in the wild.

SillyTavern's world info is another format: `entries` is an object, and entries name
their fields otherwise. What has no place in V3 goes to the entry's `extensions`, under
the names by which SillyTavern looks for it there.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from chatapp.characters.formats import limits
from chatapp.characters.formats.refusal import Refused

Object = dict[str, Any]

RENAMED = {
    "key": "keys",
    "keysecondary": "secondary_keys",
    "order": "insertion_order",
    "caseSensitive": "case_sensitive",
    "uid": "id",
}
"""World info's names of V3's fields; `disable` and `position` differ in meaning, too."""
SAME = ("constant", "selective", "comment", "content", "priority", "name", "extensions")
EXTENSIONS = {
    "excludeRecursion": "exclude_recursion",
    "preventRecursion": "prevent_recursion",
    "delayUntilRecursion": "delay_until_recursion",
    "displayIndex": "display_index",
    "groupOverride": "group_override",
    "groupWeight": "group_weight",
    "scanDepth": "scan_depth",
    "matchWholeWords": "match_whole_words",
    "useGroupScoring": "use_group_scoring",
    "automationId": "automation_id",
}
"""World info's fields as they are called in a character's book; others keep names."""
BOOK_OPTIONAL = {
    "name": str,
    "description": str,
    "scan_depth": (int, float),
    "token_budget": (int, float),
    "recursive_scanning": bool,
}
ENTRY_OPTIONAL = {
    "case_sensitive": bool,
    "constant": bool,
    "selective": bool,
    "name": str,
    "comment": str,
    "priority": (int, float),
    "id": (int, float, str),
}
DEFAULT_ORDER = 100
POSITIONS = ("before_char", "after_char")


def is_world_info(found: Object) -> bool:
    """Whether this is SillyTavern's file of world info, or a card's book by itself."""
    entries = found.get("entries")
    if isinstance(entries, dict):
        return True
    return isinstance(entries, list) and any(
        isinstance(entry, dict) and ("key" in entry or "keys" in entry)
        for entry in entries
    )


def lorebook(book: Object, notes: list[str]) -> Object:
    """The book with its known fields in V3's types; unknown ones stay as they are.

    What had to be left out is said in `notes`. Raises Refused above the limit.
    """
    entries = book.get("entries")
    if isinstance(entries, dict):
        entries = list(entries.values())
    if not isinstance(entries, list):
        entries = []
    if len(entries) > limits.ENTRIES:
        raise Refused(
            _("The lorebook has %(count)s entries; up to %(limit)s are taken.")
            % {"count": f"{len(entries):,}", "limit": f"{limits.ENTRIES:,}"}
        )
    readable = [entry for entry in entries if isinstance(entry, dict)]
    if len(readable) < len(entries):
        notes.append(
            _("%(count)s entries of its lorebook are none and were left out.")
            % {"count": len(entries) - len(readable)}
        )
    made = {key: value for key, value in book.items() if key not in BOOK_OPTIONAL}
    made |= _typed(book, BOOK_OPTIONAL)
    made["extensions"] = _object(book.get("extensions"))
    made["entries"] = [_entry(entry) for entry in readable]
    return made


def _entry(entry: Object) -> Object:
    if "key" in entry and "keys" not in entry:
        entry = _from_world_info(entry)
    made = {key: value for key, value in entry.items() if key not in ENTRY_OPTIONAL}
    made |= _typed(entry, ENTRY_OPTIONAL)
    made["keys"] = _words(entry.get("keys"))
    made["content"] = as_text(entry.get("content"))
    made["extensions"] = _object(entry.get("extensions"))
    made["enabled"] = entry.get("enabled", True) is not False
    order = entry.get("insertion_order")
    made["insertion_order"] = order if _is_number(order) else DEFAULT_ORDER
    made["use_regex"] = entry.get("use_regex") is True
    if "secondary_keys" in entry:
        made["secondary_keys"] = _words(entry["secondary_keys"])
    if made.get("position") not in POSITIONS:
        made.pop("position", None)
    return made


def _from_world_info(entry: Object) -> Object:
    """An entry of world info by V3's names."""
    made: Object = {}
    extensions: Object = {}
    for key, value in entry.items():
        if key in RENAMED:
            made[RENAMED[key]] = value
        elif key in SAME:
            made[key] = value
        elif key == "disable":
            made["enabled"] = value is not True
        elif key == "position":
            made["position"] = POSITIONS[value != 0]
            extensions["position"] = value
        else:
            extensions[EXTENSIONS.get(key, key)] = value
    made["extensions"] = extensions | _object(entry.get("extensions"))
    return made


def _typed(found: Object, types: dict[str, Any]) -> Object:
    """Those of the optional fields that are there and of their type."""
    return {
        key: found[key]
        for key, wanted in types.items()
        if isinstance(found.get(key), wanted)
        and not (isinstance(found[key], bool) and wanted is not bool)
    }


def _words(value: Any) -> list[str]:
    """Keys, also as one text with commas between them."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return []
    words = (as_text(word).strip() for word in value if word is not None)
    return [word for word in words if word]


def as_text(value: Any) -> str:
    """Texts as they are, nothing as "", anything else as its JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _object(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
