"""Pictures that people bring: decoded within limits and drawn anew, as small WebP.

What is kept are the pixels: no profile, no date, no place where a photo was taken, and
nothing that another decoder than ours would have to be trusted with. Of several frames
the first is taken.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, ImageOps

from chatapp.accounts.models import User
from chatapp.characters import models
from chatapp.characters.formats import limits
from chatapp.characters.formats.refusal import Refused

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST_SIDE = 1024
SMALL_SIDE = 256
TOP = (0.5, 0.15)
"""Where faces are, as a share of what is cut off a picture to make it square."""
QUALITY = 86
METHOD = 2
"""Of WebP's 0 to 6: half the time of the default, a few per cent more bytes."""
STRIP = 64
"""Rows of a reduced picture that are made at a time."""
HEAD_BYTES = 64
SCANS = 64
"""A progressive JPEG has about ten, and each costs a walk over the whole picture."""
START_OF_SCAN = b"\xff\xda"
PLAIN_SIZE = (512, 768)
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a camera was held (EXIF), and what turns its picture upright."""


class OtherKind(Refused):
    """It is, by its first bytes, no picture of the kinds that are read."""


@dataclass(frozen=True)
class Picture:
    """A picture made by us; `hue` (0-359) is the colour that stands out in it."""

    data: bytes
    mime: str
    width: int
    height: int
    hue: int | None


def redrawn(file: BinaryIO) -> Picture:
    """The picture in `file`, made anew. Raises Refused for what is none, or too large.

    Its pixels are counted before any is decoded.
    """
    size = file.seek(0, io.SEEK_END)
    limits.at_most(size, limits.PICTURE_BYTES, _("The picture"))
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not is_read(head):
        raise OtherKind(_("The picture is no PNG, JPEG or WebP."))
    _check_pixels(_webp_size(head))
    if head.startswith(b"\xff\xd8"):
        _check_scans(file)
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as found:
            _check_pixels(found.size)
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image = _plain(found)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise Refused(_too_many_pixels()) from exc
    except Exception as exc:  # a decoder answers damage with any exception there is
        raise Refused(_("The picture is damaged.")) from exc
    return Picture(_webp(image), "image/webp", *image.size, _hue(image))


def is_read(head: bytes) -> bool:
    """Whether a file that begins so is a picture of a kind that is read."""
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return is_webp or head.startswith((b"\x89PNG", b"\xff\xd8\xff"))


def kept(picture: Picture, owner: User) -> models.Image:
    """The row of a picture; the same picture of the same person is one row."""
    sha256 = digest(picture)
    same = models.Image.objects.filter(owner=owner, sha256=sha256).defer("data").first()
    return same or models.Image.objects.create(
        owner=owner,
        sha256=sha256,
        mime=picture.mime,
        data=picture.data,
        width=picture.width,
        height=picture.height,
    )


def digest(picture: Picture) -> str:
    """By which a picture is known again: the same file makes the same one."""
    return hashlib.sha256(picture.data).hexdigest()


def small(data: bytes) -> bytes:
    """A kept picture as lists show it."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        found.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image = ImageOps.fit(found, (SMALL_SIDE,) * 2, centering=TOP)
    return _webp(image)


def as_png(data: bytes) -> bytes:
    """A kept picture as PNG, which cards are written into."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        return _png(found)


def plain_png(name: str, hue: int) -> bytes:
    """A picture for a card whose character has none: the first letter on a colour."""
    image = Image.new("HSV", PLAIN_SIZE, (round(hue / 360 * 255), 90, 150))
    image = image.convert("RGB")
    middle = (PLAIN_SIZE[0] / 2, PLAIN_SIZE[1] / 2)
    font = ImageFont.load_default(240)
    ImageDraw.Draw(image).text(middle, name.strip()[:1], "white", font, anchor="mm")
    return _png(image)


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=METHOD)
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _plain(found: Image.Image) -> Image.Image:
    """Its pixels upright, in colours of eight bits, no larger than is kept.

    Transparency only where there is any. At no time are there two of a large picture.
    """
    found.load()
    turned = TURNS.get(found.getexif().get(ORIENTATION, 1))
    image = found
    if image.mode.startswith("I"):  # sixteen bits of grey
        image = image.point(lambda level: level * (1 / 256)).convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if image.mode != (mode := "RGBA" if has_alpha else "RGB"):
        image = image.convert(mode)
    # By a whole number first, which takes a tenth of the time of the finer filter.
    image = _reduced(image, max(image.size) // LONGEST_SIDE)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.HAMMING)
    image = image.transpose(turned) if turned is not None else image
    image.info.clear()
    return image


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Smaller by a whole number, in strips: of a whole one, Pillow copies the alpha."""
    if factor <= 1:
        return image
    width, height = image.size
    small = Image.new(image.mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, STRIP * factor):
        strip = image.crop((0, top, width, min(height, top + STRIP * factor)))
        small.paste(strip.reduce(factor), (0, top // factor))
    return small


def _check_pixels(size: tuple[int, int]) -> None:
    if size[0] * size[1] > limits.PIXELS:
        raise Refused(_too_many_pixels())


def _too_many_pixels() -> str:
    return _("The picture has more than %(count)s million pixels.") % {
        "count": round(limits.PIXELS / 1e6)
    }


def _check_scans(file: BinaryIO) -> None:
    file.seek(0)
    if file.read().count(START_OF_SCAN) > SCANS:
        raise Refused(_("The picture is a JPEG of far too many layers."))


def _webp_size(head: bytes) -> tuple[int, int]:
    """What a WebP says of its size; its decoder takes the memory while it opens it."""
    if not head.startswith(b"RIFF") or len(head) < 30:
        return 0, 0
    kind = head[12:16]
    if kind == b"VP8X":
        parts = (
            int.from_bytes(head[24:27], "little"),
            int.from_bytes(head[27:30], "little"),
        )
        return parts[0] + 1, parts[1] + 1
    if kind == b"VP8L":
        packed = int.from_bytes(head[21:25], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    width, height = (int.from_bytes(head[at : at + 2], "little") for at in (26, 28))
    return width & 0x3FFF, height & 0x3FFF


def _hue(image: Image.Image) -> int | None:
    """The hue of most colour in it, None for a picture of greys."""
    small = image.convert("RGB").resize((24, 24)).convert("HSV")
    weights = [0] * 36
    pixels = small.tobytes()
    for hue, saturation, value in zip(*(pixels[n::3] for n in range(3)), strict=True):
        weights[hue * 36 // 256] += saturation * value
    heaviest = max(weights)
    return weights.index(heaviest) * 10 if heaviest > 36 * 255 * 24 else None
