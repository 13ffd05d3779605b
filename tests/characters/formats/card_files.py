"""Card files for tests: every variant that is found, made by the site's own writer."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from typing import Any

from PIL import Image

from chatapp.characters.formats import charx, png

Object = dict[str, Any]

V1: Object = {
    "name": "Zoë 日本",
    "description": "Keeps bees on a roof.",
    "personality": "Patient.",
    "scenario": "A roof at dusk.",
    "first_mes": "*lifts a frame* Hello, {{user}}.",
    "mes_example": "<START>\n{{user}}: Hi\n{{char}}: Mind the smoke.",
}
WILD: Object = {"avatar": "none", "chat": "Zoë - 2023", "talkativeness": "0.5"}
BOOK: Object = {
    "name": "Bees",
    "scan_depth": 4,
    "extensions": {"risu/x": 1},
    "entries": [
        {
            "keys": ["queen"],
            "content": "@@depth 2\n@@role system\n\nThe queen is called Marie.",
            "extensions": {"x": [1, {"y": None}]},
            "enabled": True,
            "insertion_order": 5,
            "use_regex": False,
            "case_sensitive": False,
            "odd_key": "kept",
        }
    ],
}
V2_DATA: Object = V1 | {
    "creator_notes": "Best in the evening.",
    "system_prompt": "{{original}} Speak of bees.",
    "post_history_instructions": "Stay brief.",
    "alternate_greetings": ["The smoker is out.", "You again!"],
    "tags": ["Bees", "Roof"],
    "creator": "somebody",
    "character_version": "1.2",
    "extensions": {"x/y": 1, "deep": {"a": [True, None, 0.25, "ü"]}},
    "character_book": BOOK,
    "unknown_field": {"kept": ["as", "it", "is"]},
}
V2: Object = {"spec": "chara_card_v2", "spec_version": "2.0", "data": V2_DATA}
V3_DATA: Object = V2_DATA | {
    "nickname": "Zo",
    "group_only_greetings": ["All of you!"],
    "creator_notes_multilingual": {"de": "Am Abend am besten."},
    "source": ["https://example.org/zoe"],
    "creation_date": 1_700_000_000,
    "modification_date": 1_700_000_001,
    "assets": [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}],
}
V3: Object = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": V3_DATA,
    "around": {"kept": True},
}
WORLD: Object = {
    "name": "Harbour",
    "entries": {
        "0": {
            "uid": 0,
            "key": ["lamp", "/light(house)?/i"],
            "keysecondary": ["night"],
            "comment": "The lamp",
            "content": "The lamp went out in 1911.",
            "constant": False,
            "selective": True,
            "order": 70,
            "position": 0,
            "disable": False,
            "excludeRecursion": True,
            "probability": 100,
        },
        "7": {
            "uid": 7,
            "key": [],
            "keysecondary": [],
            "comment": "",
            "content": "It always rains.",
            "constant": True,
            "selective": False,
            "order": 1,
            "position": 4,
            "disable": True,
        },
    },
}


def picture(
    size: tuple[int, int] = (40, 60), kind: str = "PNG", mode: str = "RGB", **save: Any
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, (180, 120, 40)).convert(mode).save(out, kind, **save)
    return out.getvalue()


def coded(card: object) -> bytes:
    """What stands in a text chunk."""
    return base64.b64encode(json.dumps(card, ensure_ascii=False).encode())


def text_chunk(keyword: str, text: bytes) -> bytes:
    return png.made(b"tEXt", keyword.encode() + b"\0" + text)


def ztxt_chunk(keyword: str, text: bytes) -> bytes:
    return png.made(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(text))


def itxt_chunk(keyword: str, text: bytes, *, compressed: bool) -> bytes:
    body = zlib.compress(text) if compressed else text
    flags = b"\1\0" if compressed else b"\0\0"
    return png.made(b"iTXt", keyword.encode() + b"\0" + flags + b"en\0Card\0" + body)


def png_with(*added: bytes, before_idat: bool = True, base: bytes = b"") -> bytes:
    """A picture with further chunks, before its pixels or after them."""
    base = base or picture()
    chunks = list(png.chunks(io.BytesIO(base)))
    wanted = b"IDAT" if before_idat else b"IEND"
    at = next(chunk.start for chunk in chunks if chunk.kind == wanted)
    return base[:at] + b"".join(added) + base[at:]


def card_png(card: object, keyword: str = "chara", base: bytes = b"") -> bytes:
    """The plainest card there is."""
    return png_with(text_chunk(keyword, coded(card)), base=base)


def as_json(card: object, **options: Any) -> bytes:
    return json.dumps(card, **options).encode()


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


def card_charx(card: object, **further: bytes) -> bytes:
    """An archive with a card, a picture that it does not name, and further files."""
    return archive({charx.CARD: as_json(card), **further})
