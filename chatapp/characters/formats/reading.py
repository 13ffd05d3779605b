"""Reads a file that somebody brought: a card in any container, or a lorebook.

What a file is, its first bytes say, not its name. A broken V3 text in a picture falls
back to the older one beside it; otherwise a V3 text wins, since the older one is then
only a stand-in for programs that know no better.
"""

from __future__ import annotations

import binascii
import io
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Literal

from django.utils.translation import gettext as _

from chatapp.characters.formats import card_json, charx, limits, png
from chatapp.characters.formats.lorebook import is_world_info, lorebook
from chatapp.characters.formats.normal import Card, normal
from chatapp.characters.formats.refusal import Refused

Container = Literal["png", "json", "charx"]
LOREBOOK = "lorebook_v3"
JPEG = b"\xff\xd8\xff"
ZIP = b"PK"
LISTED_FILES = 3
JSON_BEGINS = (b"{", b"[", b"\xef\xbb\xbf", *card_json.BYTE_ORDER_MARKS)


@dataclass(frozen=True)
class Brought:
    """A card and its picture, which nobody has decoded yet; None without one."""

    container: Container
    card: Card
    picture: BinaryIO | None


@dataclass(frozen=True)
class BroughtBook:
    """A lorebook by itself, in V3's shape; `name` is "" when it does not say one."""

    name: str
    data: dict[str, Any]
    notes: tuple[str, ...]


def read(file: BinaryIO) -> Brought | BroughtBook:
    """What is in the file. Raises Refused, with a sentence that says what is wrong."""
    file.seek(0)
    head = file.read(16)
    if not head:
        raise Refused(_("The file is empty."))
    if head.startswith(png.SIGNATURE[:4]):
        return _png(file)
    if head.startswith(ZIP):
        return _charx(file)
    if head.startswith(JPEG):
        return _charx_behind_jpeg(file)
    if head[:4] == b"RIFF":
        raise Refused(
            _("A WebP picture can hold no card. Export it as PNG, JSON or CHARX.")
        )
    if head.strip() and not head.lstrip().startswith(
        (*JSON_BEGINS, card_json.ENCRYPTED)
    ):
        raise Refused(
            _("This is no card. Cards are PNG pictures, JSON files or CHARX archives.")
        )
    return _json(file)


def _png(file: BinaryIO) -> Brought:
    opened = png.opened(file)
    problems = dict(opened.problems)
    for keyword in png.CARDS:
        if keyword not in opened.texts:
            continue
        try:
            card = normal(card_json.of_chunk(opened.texts[keyword]))
        except Refused as exc:
            problems[keyword] = str(exc)
            continue
        notes = list(card.notes)
        if problems:
            notes.append(
                _(
                    "Its newer version is broken, so that its older one was taken: %(why)s"
                )
                % {"why": "; ".join(problems.values())}
            )
        if opened.assets:
            notes.append(
                _("%(count)s further files inside the picture were not kept.")
                % {"count": opened.assets}
            )
        card = replace(card, notes=(*notes, *_unkept(card)))
        return Brought("png", card, io.BufferedReader(png.Drawn(file, opened.picture)))
    if problems:
        raise Refused(" ".join(dict.fromkeys(problems.values())))
    raise Refused(_("This picture holds no card."))


def _json(file: BinaryIO) -> Brought | BroughtBook:
    size = file.seek(0, io.SEEK_END)
    limits.at_most(size, limits.JSON_BYTES, _("The file"))
    file.seek(0)
    found = card_json.of_bytes(file.read(), limits.JSON_BYTES)
    data = found.get("data")
    if found.get("spec") == LOREBOOK and isinstance(data, dict):
        return _book(data)
    if is_world_info(found) and not isinstance(data, dict) and "first_mes" not in found:
        return _book(found)
    card = normal(found)
    picture, notes = _linked_picture(card)
    return Brought(
        "json", replace(card, notes=(*card.notes, *notes, *_unkept(card))), picture
    )


def _book(found: dict[str, Any]) -> BroughtBook:
    notes: list[str] = []
    data = lorebook(found, notes)
    name = data.get("name")
    return BroughtBook(name if isinstance(name, str) else "", data, tuple(notes))


def _charx(file: BinaryIO) -> Brought:
    archive = charx.Archive(file)
    card = normal(card_json.of_bytes(archive.card(), limits.CARD_BYTES))
    picture, notes = _linked_picture(card)
    if picture is None:
        picture = archive.icon(card.data)
    icon = charx.main_icon(card.data).get("uri", "")
    if picture is None and str(icon).startswith(charx.SCHEMES):
        notes.append(_("Its picture is not in the archive."))
    others = [
        name
        for name in archive.names
        if name != charx.CARD and not str(icon).endswith(f"//{name}")
    ]
    if others:
        notes.append(
            _("%(count)s further files were not kept, such as %(names)s.")
            % {
                "count": len(others),
                "names": ", ".join(name[:60] for name in others[:LISTED_FILES]),
            }
        )
    return Brought("charx", replace(card, notes=(*card.notes, *notes)), picture)


def _charx_behind_jpeg(file: BinaryIO) -> Brought:
    try:
        return _charx(file)
    except Refused as exc:
        raise Refused(
            _("A JPEG picture can hold no card. Export it as PNG, JSON or CHARX.")
        ) from exc


def _linked_picture(card: Card) -> tuple[BinaryIO | None, list[str]]:
    """The picture that stands in the card as a data URL; others are not fetched."""
    uri = str(charx.main_icon(card.data).get("uri"))
    if uri.lower().startswith(("http:", "https:")):
        return None, [_("Its picture is at another site and was not fetched.")]
    try:
        return charx.linked(card.data), []
    except binascii.Error:
        return None, [_("Its picture is unreadable and was left out.")]


def _unkept(card: Card) -> list[str]:
    """A note when the card names files that did not come with it, or that we drop."""
    assets = card.data.get("assets")
    lost = [
        asset
        for asset in (assets if isinstance(assets, list) else ())
        if isinstance(asset, dict)
        and str(asset.get("uri", "")).startswith((*charx.SCHEMES, "__asset:"))
    ]
    if not lost:
        return []
    return [
        _("%(count)s files that the card names did not come with it.")
        % {"count": len(lost)}
    ]
