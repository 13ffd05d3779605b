"""A V3 card as V2, for programs that know only that: a stand-in, and it says so.

Lorebook decorators are taken out, since such a program would put them into a prompt.
"""

from __future__ import annotations

import re
from typing import Any

Object = dict[str, Any]

WARNING = (
    "This card is a Character Card V3, read here as a V2: use a program that knows V3 to"
    " have all of it."
)
V3_ONLY = (
    *("assets", "nickname", "creator_notes_multilingual", "source"),
    *("group_only_greetings", "creation_date", "modification_date"),
)
DECORATORS = re.compile(r"\A(?:\s*^@@.*(?:\n|\Z))+\s*", re.MULTILINE)


def v2(data: Object) -> Object:
    """The V2 object of a V3 card's `data`."""
    older = {key: value for key, value in data.items() if key not in V3_ONLY}
    notes = data.get("creator_notes") or ""
    older["creator_notes"] = f"{WARNING}\n\n{notes}".rstrip()
    if isinstance(book := data.get("character_book"), dict):
        older["character_book"] = book | {
            "entries": [_entry(entry) for entry in book["entries"]]
        }
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": older}


def _entry(entry: Object) -> Object:
    """The entry without its decorators, and without what V2 has not."""
    plain = {key: value for key, value in entry.items() if key != "use_regex"}
    return plain | {"content": without_decorators(entry["content"])}


def without_decorators(content: str) -> str:
    """A lorebook text without the lines that begin with `@@` at its start."""
    return DECORATORS.sub("", content)
