"""Reads a chat as SillyTavern writes it: one JSON object a line, the first one a header.

Nothing here trusts the file: its size, its lines and each text are bounded, and whatever
is wrong is said with the number of its line. A chat is read whole or not at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from memory.storable import storable

FILE_BYTES = 32 * 1024 * 1024
MESSAGES = 20_000
TEXT_CHARS = 64_000
SWIPES = 100
NAME_CHARS = 120
WRITTEN = re.compile(
    r"(?P<y>\d{4})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})\s*@?\s*"
    r"(?P<h>\d{1,2})h\s*(?P<mi>\d{1,2})m(?:\s*(?P<s>\d{1,2})s)?(?:\s*(?P<ms>\d{1,3})ms)?"
)
SPOKEN = ("%B %d, %Y %I:%M%p", "%B %d, %Y %I:%M %p", "%b %d, %Y %I:%M%p")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class ChatRefused(Exception):
    """The file is no chat that can be read; the text says why, for the person."""


@dataclass(frozen=True)
class ChatLine:
    """One message: its versions, and which of them the next one follows."""

    is_own: bool
    versions: tuple[str, ...]
    chosen: int
    at: datetime | None


@dataclass(frozen=True)
class Chat:
    """What the file holds. `hidden` messages were in it but no part of the chat."""

    character: str
    lines: Sequence[ChatLine]
    hidden: int
    title: str


def read_chat(data: bytes, now: datetime, zone: tzinfo = UTC) -> Chat:
    """Parse the file. Raises ChatRefused.

    Most of its times are those of a clock on a wall: they are taken as `zone`'s.
    """
    if len(data) > FILE_BYTES:
        raise ChatRefused(
            _("The file is larger than %(size)d MB.") % {"size": FILE_BYTES >> 20}
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise ChatRefused(_("The file is not text in UTF-8.")) from exc
    header: dict[str, Any] | None = None
    lines: list[ChatLine] = []
    hidden = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        entry = _object(line, number)
        if header is None:
            header = entry
            if "mes" not in entry:
                continue
        if len(lines) >= MESSAGES:
            raise ChatRefused(
                _("The chat has more than %(most)d messages.") % {"most": MESSAGES}
            )
        if entry.get("is_system") is True:
            hidden += 1
            continue
        lines.append(_line(entry, header, number, (now, zone)))
    if header is None:
        raise ChatRefused(_("The file is empty."))
    if not lines:
        raise ChatRefused(_("There is no message in the file."))
    first = next((c.versions[c.chosen] for c in lines if c.is_own), "")
    return Chat(_name(header), lines, hidden, first)


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise ChatRefused(
            _("Line %(number)d is no JSON: this is no SillyTavern chat, or it is cut.")
            % {"number": number}
        ) from exc
    if not isinstance(entry, dict):
        raise ChatRefused(
            _("Line %(number)d is no JSON object: this is no SillyTavern chat.")
            % {"number": number}
        )
    return entry


def _line(
    entry: dict[str, Any],
    header: dict[str, Any],
    number: int,
    here: tuple[datetime, tzinfo],
) -> ChatLine:
    said = entry.get("mes")
    if not isinstance(said, str):
        raise ChatRefused(
            _("Line %(number)d has no text (“mes”).") % {"number": number}
        )
    is_own = entry.get("is_user") is True
    versions = _strings(entry.get("swipes"))
    if len(versions) > SWIPES:
        raise ChatRefused(
            _("Line %(number)d has more than %(most)d swipes.")
            % {"number": number, "most": SWIPES}
        )
    place = entry.get("swipe_id")
    chosen = place if isinstance(place, int) and 0 <= place < len(versions) else -1
    if is_own:
        versions, chosen = [said], 0
    elif chosen < 0 or versions[chosen] != said:
        # What the chat shows is `mes`; after an edit the two differ.
        versions = versions if said in versions else [*versions, said]
        chosen = versions.index(said)
    prefix = "" if is_own else _speaker(entry, header)
    versions = [storable(prefix + version) for version in versions]
    if max(map(len, versions)) > TEXT_CHARS:
        raise ChatRefused(
            _("Line %(number)d has a text of more than %(most)d characters.")
            % {"number": number, "most": TEXT_CHARS}
        )
    at = _time(entry.get("send_date"), *here)
    return ChatLine(is_own, tuple(versions), chosen, at)


def _strings(value: object) -> list[str]:
    return [s for s in value if isinstance(s, str)] if isinstance(value, list) else []


def _speaker(entry: dict[str, Any], header: dict[str, Any]) -> str:
    """In a group chat others speak, too: their names stand before their words."""
    name, whose = entry.get("name"), header.get("character_name")
    if isinstance(name, str) and isinstance(whose, str) and whose and name != whose:
        return f"**{' '.join(name.split())[:NAME_CHARS]}:** " if name.strip() else ""
    return ""


def _name(header: dict[str, Any]) -> str:
    name = header.get("character_name") or header.get("name")
    return storable(name.strip())[:NAME_CHARS] if isinstance(name, str) else ""


def _time(value: object, now: datetime, zone: tzinfo) -> datetime | None:
    """One of the ways in which its versions have written times; None for no other."""
    found: datetime | None = None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value > 1e11 else value
            found = datetime.fromtimestamp(seconds, UTC)
        elif isinstance(value, str) and len(value) < 60:
            found = _written(value.strip(), zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found and EARLIEST < found <= now else None


def _written(value: str, zone: tzinfo) -> datetime:
    if value.isdecimal():
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    if match := WRITTEN.fullmatch(value):
        parts = {name: int(text or 0) for name, text in match.groupdict().items()}
        year, month, day = parts["y"], parts["mo"], parts["d"]
        clock = parts["h"], parts["mi"], parts["s"], parts["ms"] * 1000
        return datetime(year, month, day, *clock, tzinfo=zone)
    for form in SPOKEN:
        try:
            return datetime.strptime(value, form).replace(tzinfo=zone)
        except ValueError:
            continue
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=zone)
