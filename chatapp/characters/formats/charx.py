"""CHARX: a zip archive with `card.json` at its root, and the card's files beside it.

Two files of it are ever read, each within its limit; nothing is unpacked. Source: V3,
"Embedding Methods". RisuAI also appends such an archive to a JPEG: it is read, too.
"""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from chatapp.characters.formats import limits
from chatapp.characters.formats.refusal import Refused

CARD = "card.json"
SCHEMES = ("embeded://", "embedded://")
"""The first one is the specification's own spelling."""
END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\5\6"
LONGEST_COMMENT = 65_535
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ICON = "assets/icon/images/main.png"


class Archive:
    """An archive whose index has been looked through. Raises Refused for a bad one."""

    def __init__(self, file: BinaryIO) -> None:
        _check_index(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error) as exc:
            raise Refused(_("The archive is damaged.")) from exc
        self._files = {info.filename: info for info in self._zip.infolist()}
        if len(self._files) < len(self._zip.infolist()):
            raise Refused(_("The archive has two files of the same name."))
        for info in self._zip.infolist():
            _check(info)

    @property
    def names(self) -> list[str]:
        """What it holds."""
        return [name for name in self._files if not name.endswith("/")]

    def card(self) -> bytes:
        """The card's JSON."""
        if CARD not in self._files:
            raise Refused(
                _("There is no %(name)s in this archive, so it is no CHARX card.")
                % {"name": CARD}
            )
        return self._read(CARD, limits.CARD_BYTES)

    def icon(self, data: dict[str, Any]) -> BinaryIO | None:
        """The picture that the card names as its main one, if the archive has it."""
        path = _path(main_icon(data))
        if path not in self._files:
            return None
        return io.BytesIO(self._read(path, limits.PICTURE_BYTES))

    def _read(self, name: str, most: int) -> bytes:
        info = self._files[name]
        if info.flag_bits & 1:
            raise Refused(_("The archive is encrypted."))
        if info.compress_type not in METHODS:
            raise Refused(
                _("%(name)s is compressed by a method that is not read.")
                % {"name": name}
            )
        try:
            with self._zip.open(info) as file:
                data = file.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as exc:
            raise Refused(
                _("%(name)s in the archive is damaged.") % {"name": name}
            ) from exc
        limits.at_most(len(data), most, name)
        return data


def main_icon(data: Mapping[str, Any]) -> dict[str, Any]:
    """The asset that is the character's picture; V3's default when there is none."""
    assets = data.get("assets")
    icons = [
        asset
        for asset in (assets if isinstance(assets, list) else ())
        if isinstance(asset, dict) and asset.get("type") == "icon"
    ]
    main = [asset for asset in icons if asset.get("name") == "main"]
    return next(iter(main + icons), {"type": "icon", "uri": "ccdefault:"})


def linked(data: Mapping[str, Any]) -> BinaryIO | None:
    """The main picture where it stands in the card itself, as a data URL.

    Raises binascii.Error for one that is damaged.
    """
    uri = main_icon(data).get("uri")
    if not isinstance(uri, str) or not uri.lower().startswith("data:"):
        return None
    return io.BytesIO(base64.b64decode(uri.partition(",")[2], validate=False))


def written(card: bytes, png: bytes) -> bytes:
    """An archive of this JSON and, as its main picture, this PNG."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date: the same card makes the same file.
        archive.writestr(_dated(CARD), card)
        archive.writestr(_dated(ICON), png, zipfile.ZIP_STORED)
    return out.getvalue()


def _dated(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _path(asset: dict[str, Any]) -> str:
    uri = asset.get("uri")
    if isinstance(uri, str):
        for scheme in SCHEMES:
            if uri.startswith(scheme):
                return uri.removeprefix(scheme)
    return ""


def _check_index(file: BinaryIO) -> None:
    """Refuse an index that is too long before a row is made of each of its lines."""
    size = file.seek(0, io.SEEK_END)
    limits.at_most(size, limits.ARCHIVE_BYTES, _("The archive"))
    file.seek(max(0, size - END.size - LONGEST_COMMENT))
    tail = file.read()
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END.size:
        raise Refused(_("The archive is cut off: its index is missing."))
    _mark, _disk, _first, _here, count, length, _offset, _comment = END.unpack_from(
        tail, at
    )
    if count > limits.ARCHIVE_FILES or length > limits.ARCHIVE_INDEX_BYTES:
        raise Refused(
            _("The archive has more than %(count)s files.")
            % {"count": limits.ARCHIVE_FILES}
        )


def _check(info: zipfile.ZipInfo) -> None:
    """Refuse a name that leads out of the archive, though nothing is unpacked here."""
    parts = info.orig_filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or ":" in parts[0] or "\0" in info.orig_filename:
        raise Refused(
            _("The archive names a place outside of itself: %(name)s")
            % {"name": info.orig_filename[:60]}
        )
