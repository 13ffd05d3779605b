"""Reads cards as the specifications say, and in no other way.

Written from the texts of Character Card V2 and V3 and of PNG alone; it shares nothing
with the site's own reader, so that a mistake of the writer is not forgiven by it.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import struct
import zipfile
from typing import Any

STRINGS = (
    *("name", "description", "creator", "character_version", "mes_example"),
    *("system_prompt", "post_history_instructions", "first_mes", "personality"),
    *("scenario", "creator_notes"),
)
LISTS = ("tags", "alternate_greetings")


def png_texts(data: bytes) -> list[tuple[str, str]]:
    """Every tEXt chunk: keyword and text, in order; checksums must be right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, found, last = 8, [], b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        last = data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checksum == binascii.crc32(last + body)
        if last == b"tEXt":
            keyword, text = body.split(b"\0", 1)
            found.append((keyword.decode("latin-1"), text.decode("latin-1")))
        at += 12 + length
    assert last == b"IEND" and at == len(data)
    return found


def card_in_png(data: bytes, keyword: str) -> dict[str, Any]:
    """The one card below that keyword."""
    texts = [text for name, text in png_texts(data) if name == keyword]
    assert len(texts) == 1, f"{len(texts)} chunks named {keyword}"
    return an_object(base64.b64decode(texts[0], validate=True).decode("utf-8"))


def card_in_charx(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The card, and the asset that is its main icon."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            assert info.filename.isascii() and not info.flag_bits & 1
        card = an_object(archive.read("card.json").decode("utf-8"))
        icons = [a for a in card["data"]["assets"] if a["type"] == "icon"]
        (main,) = [icon for icon in icons if icon["name"] == "main"]
        scheme, path = main["uri"].split("://", 1)
        assert scheme == "embeded"
        return card, archive.read(path)


def check_v3(card: dict[str, Any]) -> dict[str, Any]:
    """The card's data; everything that V3 says MUST be so is so."""
    assert card["spec"] == "chara_card_v3"
    assert card["spec_version"] == "3.0"
    data = check_v2_fields(card["data"])
    strings(data["group_only_greetings"])
    for asset in data.get("assets", []):
        assert all(isinstance(asset[key], str) for key in ("type", "uri", "name"))
        assert asset["ext"] == asset["ext"].lower() and "." not in asset["ext"]
    icons = [a["name"] for a in data.get("assets", []) if a["type"] == "icon"]
    assert len(icons) < 2 or icons.count("main") == 1
    assert isinstance(data.get("nickname", ""), str)
    strings(data.get("source", []))
    for key in ("creation_date", "modification_date"):
        assert isinstance(data.get(key, 0), (int, float))
    return data


def check_v2(card: dict[str, Any]) -> dict[str, Any]:
    """The card's data; everything that V2 says MUST be so is so."""
    assert (card["spec"], card["spec_version"]) == ("chara_card_v2", "2.0")
    return check_v2_fields(card["data"])


def check_v2_fields(data: dict[str, Any]) -> dict[str, Any]:
    """What both versions share."""
    for key in STRINGS:
        assert isinstance(data[key], str), key
    for key in LISTS:
        strings(data[key])
    assert isinstance(data["extensions"], dict)
    if "character_book" in data:
        check_lorebook(data["character_book"])
    return data


def check_lorebook(book: dict[str, Any]) -> None:
    """A lorebook as both versions have it."""
    assert isinstance(book["extensions"], dict)
    for entry in book["entries"]:
        strings(entry["keys"])
        assert isinstance(entry["content"], str)
        assert isinstance(entry["extensions"], dict)
        assert isinstance(entry["enabled"], bool)
        assert isinstance(entry["insertion_order"], (int, float))
        assert entry.get("position", "before_char") in {"before_char", "after_char"}
        strings(entry.get("secondary_keys", []))


def strings(value: Any) -> None:
    """A list of strings."""
    assert isinstance(value, list)
    assert all(isinstance(part, str) for part in value)


def an_object(text: str) -> dict[str, Any]:
    """JSON as the standard has it: no NaN, no doubled keys."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        assert len(found) == len(pairs)
        return found

    def never(constant: str) -> Any:
        raise AssertionError(constant)

    card: dict[str, Any] = json.loads(
        text, object_pairs_hook=once, parse_constant=never
    )
    return card
