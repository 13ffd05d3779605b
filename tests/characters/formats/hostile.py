"""Crafted files, each with a word that its refusal has to say, or "" if it is taken.

Made small where they can be: what a bomb becomes is what counts. `FILES` makes each
when it is asked for.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from chatapp.characters.formats import limits, png
from tests.characters.formats import card_files as files

MB = 2**20
CODED = files.coded(files.V2)
GOOD = files.card_png(files.V2)


def card(**fields: Any) -> bytes:
    """A JSON card that differs in these fields."""
    return files.as_json({"spec": "chara_card_v2", "data": files.V2_DATA | fields})


def raw_card(text: str) -> bytes:
    """A JSON card with this text, as it is, for its description."""
    return f'{{"spec":"chara_card_v2","data":{{"name":"A","x":{text}}}}}'.encode(
        "utf-8", "surrogatepass"
    )


def book(count: int, **entry: Any) -> bytes:
    """A card with a lorebook of so many entries."""
    entries = [{"keys": [f"k{n}"], "content": "c"} | entry for n in range(count)]
    return card(character_book={"entries": entries})


def header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return png.made(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    )


def drawn(width: int, height: int, pixels: bytes, *chunks: bytes, **kind: int) -> bytes:
    """A PNG card that claims this size and holds these compressed pixels."""
    return b"".join(
        (
            png.SIGNATURE,
            header(width, height, **kind),
            files.text_chunk("chara", CODED),
            *chunks,
            png.made(b"IDAT", pixels),
            png.made(b"IEND", b""),
        )
    )


def zipped(name: str, data: bytes = b"x", **fields: Any) -> bytes:
    """A CHARX with one file of this name beside its card."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("card.json", files.as_json(files.V3))
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        for key, value in fields.items():
            setattr(info, key, value)
        made.writestr(info, data)
    return out.getvalue()


def doubled_card() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("card.json", files.as_json(files.V3))
        info = zipfile.ZipInfo("card.jsoN")
        made.writestr(info, files.as_json(files.V1))
    return out.getvalue().replace(b"card.jsoN", b"card.json")


def encrypted() -> bytes:
    data = bytearray(files.card_charx(files.V3))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def many_files(count: int) -> bytes:
    return files.archive({f"{n}": b"" for n in range(count)}, zipfile.ZIP_STORED)


def long_index() -> bytes:
    """An archive that says it has one file, and whose index is of megabytes."""
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 2 * MB, 0, 0)
    return b"PK\3\4" + b"\0" * 64 + end


def broken_member() -> bytes:
    data = bytearray(files.card_charx(files.V3))
    at = data.index(b"card.json") + 9
    data[at : at + 40] = bytes(40)
    return bytes(data)


def icon_card(uri: str) -> bytes:
    icon = {"type": "icon", "name": "main", "uri": uri, "ext": "png"}
    return files.as_json(
        {"spec": "chara_card_v3", "data": files.V3_DATA | {"assets": [icon]}}
    )


def data_url(data: bytes, mime: str = "image/png") -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def webp_claiming(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk + b"\0" * 40


HTML = '<img src=x onerror="alert(1)"><script>alert(1)</script><b hx-get="/x">'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script/></svg>'
REGEX = "/(a+)+(b|a)*$/i"

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    # What is no card at all.
    "empty": (lambda: b"", "empty"),
    "random bytes": (lambda: bytes(range(128, 256)) * 40, "no card"),
    "an executable": (lambda: b"MZ" + b"\x90" * 400, "no card"),
    "a GIF": (lambda: b"GIF89a" + bytes(40), "no card"),
    "a PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "no card"),
    "words": (lambda: b"Zo is a baker.", "no card"),
    "a picture without a card": (files.picture, "no card"),
    "a JPEG": (lambda: files.picture(kind="JPEG"), "JPEG"),
    "a WebP": (lambda: files.picture(kind="WEBP"), "WebP"),
    "an SVG": (SVG.encode, "no card"),
    "an HTML page": (HTML.encode, "no card"),
    "JSON without a character": (lambda: b'{"a": 1}', "no character"),
    "JSON that is a list": (lambda: b"[1, 2]", "not an object"),
    "JSON that is cut off": (lambda: files.as_json(files.V2)[:90], "no JSON"),
    "a card without a name": (lambda: card(name="  "), "no name"),
    "a card of nulls": (lambda: card(**dict.fromkeys(files.V2_DATA)), "no name"),
    # PNG.
    "a PNG cut in its signature": (lambda: GOOD[:6], "no PNG"),
    "a PNG cut at 90 bytes": (lambda: GOOD[:90], "cut off"),
    "a PNG without its end": (lambda: GOOD[:-12], "cut off"),
    "a chunk of 4 GB": (
        lambda: png.SIGNATURE + struct.pack(">I4s", 2**32 - 1, b"tEXt") + b"chara\0",
        "cut off",
    ),
    "a million chunks": (
        lambda: png.SIGNATURE + png.made(b"x0Ab", b"") * (limits.CHUNKS + 1),
        "parts",
    ),
    "a PNG of 17 MB": (lambda: GOOD + bytes(17 * MB), "larger than 16"),
    "a zTXt bomb of 9 MB": (
        lambda: files.png_with(files.ztxt_chunk("chara", b"A" * 9 * MB)),
        "larger than",
    ),
    "an iTXt bomb": (
        lambda: files.png_with(
            files.itxt_chunk("ccv3", b"A" * 9 * MB, compressed=True)
        ),
        "larger than",
    ),
    "a zTXt of another method": (
        lambda: files.png_with(png.made(b"zTXt", b"chara\0\7" + b"x" * 40)),
        "method",
    ),
    "a damaged zTXt": (
        lambda: files.png_with(png.made(b"zTXt", b"chara\0\0" + b"x" * 40)),
        "damaged",
    ),
    "a zTXt that is cut off": (
        lambda: files.png_with(
            png.made(b"zTXt", b"chara\0\0" + zlib.compress(CODED)[:-9])
        ),
        "cut off",
    ),
    "base64 of nothing": (
        lambda: files.png_with(files.text_chunk("chara", b"%%%")),
        "no JSON",
    ),
    "encrypted by RisuAI": (
        lambda: files.png_with(files.text_chunk("chara", b"rcc||1||AAAA")),
        "encrypted",
    ),
    "a text of 3 MB": (
        lambda: files.png_with(
            files.text_chunk("chara", files.coded(files.V1 | {"x": "y" * 3 * MB}))
        ),
        "larger than",
    ),
    # Pictures.
    "a picture of 4 billion pixels": (lambda: drawn(65_000, 65_000, b"x"), "pixels"),
    "a picture of no pixels": (lambda: drawn(0, 0, zlib.compress(b"")), "damaged"),
    "a pixel bomb": (
        lambda: drawn(20_000, 20_000, zlib.compress(bytes(MB * 5))),
        "pixels",
    ),
    "pixels that are cut off": (
        lambda: drawn(1000, 1000, zlib.compress(bytes(1000))[:-5]),
        "damaged",
    ),
    "pixels that are no deflate": (lambda: drawn(10, 10, b"\xff" * 90), "damaged"),
    "a colour type that is none": (
        lambda: drawn(10, 10, zlib.compress(bytes(400)), colour=5),
        "damaged",
    ),
    "a palette without colours": (
        lambda: drawn(10, 10, zlib.compress(bytes(110)), colour=3),
        "",
    ),
    "a profile bomb": (
        lambda: drawn(
            10,
            10,
            zlib.compress(bytes(310)),
            png.made(b"iCCP", b"p\0\0" + zlib.compress(bytes(9 * MB))),
        ),
        "",
    ),
    "more pixels than the picture has": (
        lambda: drawn(10, 10, zlib.compress(bytes(9 * MB))),
        "",
    ),
    "as many pixels as may be": (
        lambda: files.card_png(
            files.V2, base=files.picture((2048, 3072), mode="RGBA", compress_level=1)
        ),
        "",
    ),
    "a data URL that is SVG": (
        lambda: icon_card(data_url(SVG.encode(), "image/svg+xml")),
        "",
    ),
    "a data URL of a WebP bomb": (
        lambda: icon_card(data_url(webp_claiming(16_000, 16_000), "image/webp")),
        "pixels",
    ),
    "a data URL of a JPEG of a thousand layers": (
        lambda: icon_card(
            data_url(files.picture(kind="JPEG") + b"\xff\xda" * 1000, "image/jpeg")
        ),
        "layers",
    ),
    "a picture on this machine": (lambda: icon_card("file:///etc/passwd"), ""),
    # JSON.
    "JSON nested a thousand deep": (
        lambda: raw_card("[" * 1000 + "]" * 1000),
        "levels deep",
    ),
    "JSON nested a million deep": (lambda: raw_card("[" * 1_000_000), "parts"),
    "JSON nested 80 deep": (lambda: raw_card("[" * 80 + "]" * 80), "levels deep"),
    "a number of 5,000 digits": (lambda: raw_card("9" * 5000), "digits"),
    "a number of 400 digits": (lambda: raw_card("9" * 400), ""),
    "infinity by name": (lambda: raw_card("-Infinity"), "not finite"),
    "infinity by size": (lambda: raw_card("1e999"), "not finite"),
    "not a number": (lambda: raw_card("NaN"), "not finite"),
    "a lone surrogate, escaped": (lambda: raw_card('"a\\ud83d"'), "surrogate"),
    "a lone surrogate in a key": (lambda: raw_card('{"\\udc00": 1}'), "surrogate"),
    "a lone surrogate, raw": (lambda: raw_card('"a\ud83d"'), "not UTF-8"),
    "a NUL": (lambda: raw_card('"a\\u0000b"'), "NUL"),
    "a NUL in a key": (lambda: raw_card('{"\\u0000": 1}'), "NUL"),
    "what only looks like a NUL": (lambda: raw_card('"a\\\\u0000b"'), ""),
    "half a million lists": (
        lambda: raw_card("[" + "[]," * 500_000 + "[]]"),
        "far more parts",
    ),
    "half a million objects": (
        lambda: raw_card("[" + '{"":0},' * 300_000 + "0]"),
        "far more parts",
    ),
    "JSON of 5 MB": (lambda: card(description="x" * 5 * MB), "larger than 4"),
    "a key twice": (
        lambda: b'{"data":{"name":"A","name":"B","description":""}}',
        "",
    ),
    "Shift JIS": (
        lambda: (
            json.dumps(files.V2, ensure_ascii=False)
            .replace("Zoë", "ゾエ")
            .replace("ü", "u")
            .encode("shift_jis")
        ),
        "not UTF-8",
    ),
    "EUC-KR": (
        lambda: '{"data":{"name":"한나","description":""}}'.encode("euc-kr"),
        "not UTF-8",
    ),
    "UTF-16 that is cut off": (
        lambda: files.as_json(files.V2).decode().encode("utf-16")[:-1],
        "not UTF-8",
    ),
    "as many parts as may be": (
        lambda: raw_card("[" + '{"":"ab"},' * (limits.BRACKETS - 9) + "0]"),
        "",
    ),
    "fifty thousand macros": (
        lambda: card(description="{{char}} and {{user}}. " * 25_000),
        "",
    ),
    "braces that only look like macros": (
        lambda: raw_card("[" + "{{," * 100_000),
        "no JSON",
    ),
    "as much text as may be": (
        lambda: files.as_json(
            files.V1 | {"description": "\U0001f41d" * 900_000}, ensure_ascii=False
        ),
        "",
    ),
    # Fields.
    "a name of 100,000 letters": (lambda: card(name="n" * 100_000), "name has"),
    "a name that turns the page's direction": (lambda: card(name="Zo\u202eeb"), ""),
    "HTML in every field": (
        lambda: card(
            **{k: HTML for k, v in files.V2_DATA.items() if isinstance(v, str)},
            tags=[HTML],
            alternate_greetings=[SVG],
        ),
        "",
    ),
    "SVG in every field": (
        lambda: card(
            **{k: SVG for k, v in files.V2_DATA.items() if isinstance(v, str)}
        ),
        "",
    ),
    "5,000 greetings": (lambda: card(alternate_greetings=["a"] * 5000), "greetings"),
    "objects where texts belong": (
        lambda: card(tags={"a": 1}, description=[1], extensions="x"),
        "",
    ),
    "a prototype's keys": (
        lambda: card(__proto__={"admin": True}, constructor=1),
        "",
    ),
    # Lorebooks.
    "2,001 entries": (lambda: book(2001), "2,001 entries"),
    "2,000 entries of catastrophic patterns": (lambda: book(2000, keys=[REGEX]), ""),
    "entries that are none": (
        lambda: card(character_book={"entries": [1, None, "x", []]}),
        "",
    ),
    "a book that is a text": (lambda: card(character_book="x"), ""),
    "world info of 3,000 entries": (
        lambda: files.as_json(
            {"entries": {str(n): {"key": ["a"], "content": ""} for n in range(3000)}}
        ),
        "entries",
    ),
    # Archives.
    "an archive without a card": (
        lambda: files.archive({"a.txt": b"x"}),
        "no card.json",
    ),
    "an archive cut off": (lambda: files.card_charx(files.V3)[:-30], "cut off"),
    "an archive that is only a head": (lambda: b"PK\3\4" + bytes(200), "cut off"),
    "a card.json bomb of 20 MB": (
        lambda: files.archive({"card.json": b" " * 20 * MB}),
        "larger than 2",
    ),
    "a path upwards": (lambda: zipped("../../etc/cron.d/x"), "outside"),
    "a path from the root": (lambda: zipped("/etc/passwd"), "outside"),
    "a path with backslashes": (lambda: zipped("..\\..\\x"), "outside"),
    "a path on a drive": (lambda: zipped("C:/windows/x"), "outside"),
    "501 files": (lambda: many_files(501), "more than 500"),
    "an index of megabytes": (long_index, "more than 500"),
    "two files of one name": (doubled_card, "same name"),
    "an encrypted archive": (encrypted, "encrypted"),
    "a card compressed by LZMA": (
        lambda: files.archive({"card.json": files.as_json(files.V3)}, zipfile.ZIP_LZMA),
        "method",
    ),
    "a damaged card.json": (broken_member, "damaged"),
    "an icon that is a bomb": (
        lambda: files.archive(
            {
                "card.json": icon_card("embeded://a.png"),
                "a.png": b"\0" * 17 * MB,
            }
        ),
        "larger than 16",
    ),
}
