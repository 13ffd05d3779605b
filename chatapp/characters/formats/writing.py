"""Writes cards: V3 as JSON, PNG and CHARX, and a lorebook by itself.

What a file brought is in it again: unknown keys, `extensions`, and what stood around
the card. Known fields have the types of the specification.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from chatapp.characters.formats import backfill, charx, png
from chatapp.characters.formats.normal import V1, is_newer, normal

Object = dict[str, Any]
DEFAULT_ICON = {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}
PACKED_ICON = DEFAULT_ICON | {"uri": f"{charx.SCHEMES[0]}{charx.ICON}"}


def v3(data: Object, envelope: Object, *, now: int) -> Object:
    """The card as a V3 object; `now` is its modification date, in unix seconds.

    Programs that write V1's fields beside `data` too find them there again, as they
    are now.
    """
    data = normal({"data": data}).data | {"modification_date": now}
    around = {key: data[key] if key in V1 else envelope[key] for key in envelope}
    # What a newer version brought is in it, so it stays of that version.
    version = envelope["spec_version"] if is_newer(envelope) else "3.0"
    return around | {"spec": "chara_card_v3", "spec_version": version, "data": data}


def as_json(card: Object) -> bytes:
    """The JSON of a card or a lorebook, for people to look at, too."""
    return json.dumps(card, ensure_ascii=False, indent=2).encode()


def with_picture(card: Object, picture: bytes) -> Object:
    """The card with this PNG inside it as its main picture, instead of its own."""
    uri = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return card | {"data": _with_icon(card["data"], DEFAULT_ICON | {"uri": uri})}


def as_png(card: Object, picture: bytes) -> bytes:
    """This PNG with the card in it: V3, and a V2 for programs that know only that."""
    data = _with_icon(card["data"], DEFAULT_ICON)
    return png.with_texts(
        picture,
        {
            "chara": _text(backfill.v2(data)),
            "ccv3": _text(card | {"data": data}),
        },
    )


def as_charx(card: Object, picture: bytes) -> bytes:
    """An archive of the card and its picture."""
    data = _with_icon(card["data"], PACKED_ICON)
    return charx.written(as_json(card | {"data": data}), picture)


def lorebook(data: Object) -> Object:
    """A lorebook by itself, as V3 has it."""
    return {"spec": "lorebook_v3", "data": data}


def _with_icon(data: Object, icon: Object) -> Object:
    """The card with this main picture instead of its own, and no file that is absent.

    An icon by another name stays, if it lies elsewhere or in the card itself.
    """
    assets = [
        asset
        for asset in data.get("assets", ())
        if isinstance(asset, dict)
        and not str(asset.get("uri", "")).startswith((*charx.SCHEMES, "__asset:"))
        and (asset.get("type"), asset.get("name")) != ("icon", "main")
        and asset != icon
    ]
    return data | {"assets": [icon, *assets]}


def _text(card: Object) -> bytes:
    return base64.b64encode(json.dumps(card, ensure_ascii=False).encode())
