"""PNG as a row of chunks: finds the texts in one, and writes texts into one.

Only lengths and names are trusted, and only as far as the file goes. A wrong checksum
of a text is accepted: its base64 and JSON say more about it than the checksum does.
Source of the layout: PNG (third edition), sections 5 and 11.3.
"""

from __future__ import annotations

import io
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from chatapp.characters.formats import limits
from chatapp.characters.formats.refusal import Refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
"""What draws it. The rest are profiles, dates and texts, also compressed ones."""
KEYWORD_BYTES = 79
CARDS = ("ccv3", "chara")
"""Keywords of a card, the newer one first."""
OTHER_TEXTS = ("chara-ext-asset_", "risuai")
CHUNK_TEXT_BYTES = limits.CARD_BYTES * 4 // 3 + 1024
CHUNK = struct.Struct(">I4s")


@dataclass(frozen=True)
class Chunk:
    """Where a chunk lies: `start` is its length field, `length` that of its data."""

    kind: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        """Behind its checksum."""
        return self.start + 12 + self.length


@dataclass(frozen=True)
class Opened:
    """A PNG: the texts that may be a card, by keyword, and what draws the picture.

    `problems` says of a text why it could not be read. `assets` counts the further
    files that one program writes into texts.
    """

    texts: dict[str, bytes]
    picture: tuple[Chunk, ...]
    problems: dict[str, str] = field(default_factory=dict)
    assets: int = 0


def opened(file: BinaryIO) -> Opened:
    """Walk through the whole file. Raises Refused for what is no complete PNG."""
    texts: dict[str, bytes] = {}
    problems: dict[str, str] = {}
    picture = []
    assets = 0
    for chunk in chunks(file):
        if chunk.kind in PICTURE:
            picture.append(chunk)
        if chunk.kind not in TEXTS:
            continue
        keyword, _nul, _rest = _data(file, chunk, KEYWORD_BYTES + 1).partition(b"\0")
        name = keyword.decode("latin-1").strip().lower()
        assets += name.startswith(OTHER_TEXTS)
        if name not in CARDS or name in texts or name in problems:
            continue
        try:
            limits.at_most(chunk.length, CHUNK_TEXT_BYTES, _("The text"))
            texts[name] = _text(chunk.kind, _data(file, chunk, chunk.length))
        except Refused as exc:
            problems[name] = str(exc)
    return Opened(texts, tuple(picture), problems, assets)


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """Every chunk up to IEND; nothing but their heads is read."""
    size = file.seek(0, io.SEEK_END)
    limits.at_most(size, limits.PNG_BYTES, _("The picture"))
    file.seek(0)
    if file.read(8) != SIGNATURE:
        raise Refused(_("This is no PNG: its first eight bytes are others."))
    at = 8
    for number in range(limits.CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise Refused(
                _("The PNG is cut off: it ends after %(bytes)s bytes, without an end.")
                % {"bytes": f"{size:,}"}
            )
        length, kind = CHUNK.unpack(head)
        chunk = Chunk(kind, at, length)
        if chunk.end > size:
            raise Refused(
                _("The PNG is cut off: its part %(number)s is longer than the file.")
                % {"number": number + 1}
            )
        yield chunk
        if kind == b"IEND":
            return
        at = chunk.end
    raise Refused(
        _("The PNG has more than %(count)s parts.") % {"count": f"{limits.CHUNKS:,}"}
    )


def _data(file: BinaryIO, chunk: Chunk, most: int) -> bytes:
    file.seek(chunk.start + 8)
    return file.read(min(chunk.length, most))


def _text(kind: bytes, data: bytes) -> bytes:
    """What a text chunk of this kind says, uncompressed."""
    _keyword, _nul, rest = data.partition(b"\0")
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflated(rest[:1], rest[1:])
    is_compressed, method, rest = rest[:1], rest[1:2], rest[2:]
    _language, _nul, rest = rest.partition(b"\0")
    _translated, _nul, rest = rest.partition(b"\0")
    return _inflated(method, rest) if is_compressed == b"\1" else rest


def _inflated(method: bytes, data: bytes) -> bytes:
    if method != b"\0":
        raise Refused(_("The text is compressed by a method that PNG does not have."))
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, CHUNK_TEXT_BYTES + 1)
    except zlib.error as exc:
        raise Refused(_("The compressed text is damaged.")) from exc
    limits.at_most(len(text), CHUNK_TEXT_BYTES, _("The uncompressed text"))
    if not inflater.eof:
        raise Refused(_("The compressed text is cut off."))
    return text


def with_texts(png: bytes, texts: dict[str, bytes]) -> bytes:
    """The same picture with these texts (tEXt) before its end; older cards go.

    `texts` are by keyword; they stand in the order in which they are given.
    """
    out = [SIGNATURE]
    for chunk in chunks(io.BytesIO(png)):
        whole = png[chunk.start : chunk.end]
        keyword = whole[8 : 9 + KEYWORD_BYTES].partition(b"\0")[0].decode("latin-1")
        is_card = chunk.kind in TEXTS and keyword.strip().lower() in CARDS
        if chunk.kind != b"IEND" and not is_card:
            out.append(whole)
    out += [
        made(b"tEXt", keyword.encode("latin-1") + b"\0" + text)
        for keyword, text in texts.items()
    ]
    return b"".join((*out, made(b"IEND", b"")))


def made(kind: bytes, data: bytes) -> bytes:
    """A chunk with its length and checksum."""
    checksum = zlib.crc32(data, zlib.crc32(kind))
    return CHUNK.pack(len(data), kind) + data + struct.pack(">I", checksum)


class Drawn(io.RawIOBase):
    """A PNG as a decoder is to see it: only what draws the picture, read as needed."""

    def __init__(self, file: BinaryIO, picture: tuple[Chunk, ...]) -> None:
        super().__init__()
        self._file = file
        self._starts = [0, *(chunk.start for chunk in picture)]
        self._begins = [0, 8]
        for chunk in picture:
            self._begins.append(self._begins[-1] + chunk.end - chunk.start)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        bases = {io.SEEK_CUR: self._at, io.SEEK_END: self._begins[-1]}
        self._at = max(0, bases.get(whence, 0) + offset)
        return self._at

    def readinto(self, into: WriteableBuffer) -> int:
        """As much as there is, from one chunk; the caller asks again for more."""
        wanted = memoryview(into).cast("B")
        if self._at >= self._begins[-1]:
            return 0
        place = bisect_right(self._begins, self._at) - 1
        length = min(len(wanted), self._begins[place + 1] - self._at)
        self._file.seek(self._starts[place] + self._at - self._begins[place])
        data = self._file.read(length)
        wanted[: len(data)] = data
        self._at += len(data)
        return len(data)
