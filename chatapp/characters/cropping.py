"""The square that a person chose of a picture they bring, from a form's own numbers.

`crop.js` draws by the same rule. Without scripts the middle is taken.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, cast

from PIL import Image

from chatapp.accounts.request import PersonRequest
from chatapp.characters import models
from chatapp.characters.formats.refusal import Refused
from chatapp.characters.picture import METHOD, QUALITY, Picture, kept, redrawn

LONGEST_SIDE = 512
MOST_ZOOM = 5.0


@dataclass(frozen=True)
class Crop:
    """A square: its place as fractions of what is left beside it, and the zoom."""

    across: float = 0.5
    down: float = 0.5
    zoom: float = 1.0


def chosen(
    request: PersonRequest, before: models.Image | None
) -> tuple[models.Image | None, str]:
    """The picture that a form asks for, and what is wrong with the one that it brings.

    One that is brought is cut and kept; without one `before` stays, unless the form
    says that there shall be none.
    """
    file = request.FILES.get("picture")
    if request.POST.get("remove_picture"):
        before = None
    if file is None:
        return before, ""
    try:
        picture = cut(redrawn(cast("BinaryIO", file.file)), crop_of(request.POST))
    except Refused as exc:
        return before, str(exc)
    return kept(picture, request.user), ""


def crop_of(post: Mapping[str, str]) -> Crop:
    """The square that the form names; what is no number is the middle."""
    return Crop(
        _number(post.get("crop_x"), 0.5, 0.0, 1.0),
        _number(post.get("crop_y"), 0.5, 0.0, 1.0),
        _number(post.get("crop_zoom"), 1.0, 1.0, MOST_ZOOM),
    )


def cut(picture: Picture, crop: Crop) -> Picture:
    """The square of a picture that was made by us."""
    with Image.open(io.BytesIO(picture.data)) as whole:
        side = max(1, round(min(whole.size) / crop.zoom))
        left = round((whole.width - side) * crop.across)
        top = round((whole.height - side) * crop.down)
        square = whole.crop((left, top, left + side, top + side))
    square.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=QUALITY, method=METHOD)
    return replace(
        picture, data=out.getvalue(), width=square.width, height=square.height
    )


def _number(value: object, fallback: float, least: float, most: float) -> float:
    try:
        number = float(str(value))
    except ValueError:
        return fallback
    return min(most, max(least, number)) if math.isfinite(number) else fallback
