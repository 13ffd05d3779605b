"""The lines `@@name value` at the beginning of an entry's content (card format V3).

What is unknown or makes no sense is taken out of the content all the same. A line
`@@@name value` right behind one that is unknown stands in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Role = Literal["system", "user", "assistant"]
MOST_LINES = 60
"""Lines that are read as decorators; the format asks for chains of at least five."""
POSITIONS = {
    "before_desc": ("description", "before"),
    "after_desc": ("description", "after"),
    "personality": ("personality", "after"),
    "scenario": ("scenario", "after"),
}
"""Where `@@position` puts an entry: beside which part of the card, and on which side."""


@dataclass(frozen=True)
class Decorators:
    """What the decorators of one entry ask for; None or empty where they ask nothing.

    Numbers of messages count from the newest; `activate_only_*` count the character's.
    """

    depth: int | None = None
    role: Role | None = None
    scan_depth: int | None = None
    position: str | None = None
    activate_only_after: int | None = None
    activate_only_every: int | None = None
    is_greeting: int | None = None
    keep_activate_after_match: bool = False
    dont_activate_after_match: bool = False
    activate: bool = False
    dont_activate: bool = False
    ignore_on_max_context: bool = False
    additional_keys: tuple[tuple[str, ...], ...] = ()
    exclude_keys: tuple[str, ...] = field(default=())


PLAIN = Decorators()


def decorated(content: str) -> tuple[Decorators, str]:
    """The decorators at the beginning of `content`, and the content without them."""
    if not content.lstrip().startswith("@@"):
        return PLAIN, content
    found: dict[str, Any] = {}
    rest = content.lstrip()
    understood = True
    for _ in range(MOST_LINES):
        line, newline, behind = rest.partition("\n")
        if not line.startswith("@@"):
            break
        rest = behind
        stands_in = line.startswith("@@@")
        if stands_in and understood:
            continue  # what it stands in for was understood
        name, _, value = line.lstrip("@").strip().partition(" ")
        understood = _take(found, name.lower(), value.strip())
        if not newline:
            break
    return Decorators(**found), rest


def split_keys(value: str) -> tuple[str, ...]:
    """Keys that are written as one line, with commas between them."""
    return tuple(key for part in value.split(",") if (key := part.strip()))


def _take(found: dict[str, Any], name: str, value: str) -> bool:
    read = _READ.get(name)
    if read is None:
        return False
    try:
        taken = read(value)
    except ValueError:
        return False
    if name == "additional_keys":
        # The one that may come several times: each of the lists has to be met.
        found[name] = (*found.get(name, ()), taken)
    else:
        found.setdefault(name, taken)  # the first of a name wins
    return True


def _count(value: str) -> int:
    number = int(value[:9])
    if len(value) > 9 or number < 0:
        raise ValueError
    return number


def _positive(value: str) -> int:
    number = _count(value)
    if number < 1:
        raise ValueError
    return number


def _depth(value: str) -> int:
    number = int(value[:9])
    return max(0, number)


def _role(value: str) -> str:
    if value not in {"system", "user", "assistant"}:
        raise ValueError
    return value


def _position(value: str) -> str:
    if value not in POSITIONS:
        raise ValueError
    return value


def _keys(value: str) -> tuple[str, ...]:
    keys = split_keys(value)
    if not keys:
        raise ValueError
    return keys


def _yes(_value: str) -> bool:
    return True


_READ: Mapping[str, Callable[[str], object]] = {
    "depth": _depth,
    "role": _role,
    "scan_depth": _positive,
    "position": _position,
    "activate_only_after": _count,
    "activate_only_every": _positive,
    "is_greeting": _count,
    "keep_activate_after_match": _yes,
    "dont_activate_after_match": _yes,
    "activate": _yes,
    "dont_activate": _yes,
    "ignore_on_max_context": _yes,
    "additional_keys": _keys,
    "exclude_keys": _keys,
}
assert set(_READ) == {field.name for field in fields(Decorators)}
