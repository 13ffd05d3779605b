"""How an upstream's error text may be quoted: no key, no words that were sent.

Services like to repeat the offending value in an error message. Such a text would carry
what a person wrote into logs and job tables, so it is withheld whole; status and code
remain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

WITHHELD = "(text withheld: it repeats what was sent)"
LONGEST_QUOTE = 200
"""Characters of an upstream's text that are kept."""

_WINDOW = 8
"""Characters in a row that count as a repetition."""

_NOT_PROSE = frozenset(
    [
        "anchor_id",
        "anchor_ids",
        "session_id",
        "used_memory_atom_ids",
        "user_external_id",
        "client_ref",
        "lane",
        "source_type",
        "service_source",
        "pricing_model",
        "atom_type",
        "type",
        "role",
        "model",
    ]
)
"""Fields that hold our own identifiers and labels, never a person's words."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def quotable(text: object, *, sent: object, secrets: Iterable[str] = ()) -> str:
    """`text` in one line of at most `LONGEST_QUOTE` characters, or `WITHHELD`.

    `sent` is the request's body as Python objects: its strings, except our own labels,
    must not be repeated, and neither may a secret or a recognisable part of one. Not a
    string: "".
    """
    if not isinstance(text, str):
        return ""
    line = " ".join(text.encode(errors="replace").decode().split())[:LONGEST_QUOTE]
    line = "".join(c for c in line if c.isprintable())
    pieces = {line[i : i + _WINDOW] for i in range(len(line) - _WINDOW + 1)}
    private = [" ".join(words.split()) for words in _prose(sent)]
    if any(piece in words for piece in pieces for words in (*private, *secrets)):
        return WITHHELD
    short = [words for words in private if 3 < len(words) < _WINDOW]
    return WITHHELD if any(words in line for words in short) else line


def error_code(value: object) -> str:
    """`value` if it looks like an error code (`rate_limited`), otherwise ""."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def _prose(value: object) -> Iterator[str]:
    """Every string inside `value` that may be a person's words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_PROSE:
                yield from _prose(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _prose(item)
