"""Pictures that people bring are decoded within limits and drawn anew."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from chatapp.characters import picture
from chatapp.characters.formats import limits
from chatapp.characters.formats.refusal import Refused
from tests.characters.formats.card_files import picture as made


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_webp_no_larger_than_is_kept(kind: str) -> None:
    drawn = picture.redrawn(io.BytesIO(made((1500, 2250), kind)))
    image = opened(drawn.data)
    assert (image.format, image.size) == ("WEBP", (683, 1024))
    assert (drawn.width, drawn.height, drawn.hue) == (683, 1024, 30)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_every_kind_of_pixels_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, kind)
    assert picture.redrawn(io.BytesIO(out.getvalue())).width == 30


def test_transparency_stays_and_profiles_and_dates_go() -> None:
    image = Image.new("RGBA", (30, 20), (200, 10, 10, 0))
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    out = io.BytesIO()
    image.save(out, "PNG", exif=exif, icc_profile=b"x" * 200)
    kept = opened(picture.redrawn(io.BytesIO(out.getvalue())).data)
    assert kept.mode == "RGBA" and kept.getpixel((5, 5))[3] == 0  # type: ignore[index]  # of one band it would be a number
    assert {"exif", "icc_profile"}.isdisjoint(kept.info)


def test_a_photo_stands_upright() -> None:
    exif = Image.Exif()
    exif[picture.ORIENTATION] = 6
    drawn = picture.redrawn(io.BytesIO(made((40, 20), "JPEG", exif=exif)))
    assert (drawn.width, drawn.height) == (20, 40)


def test_a_grey_picture_has_no_hue() -> None:
    grey = io.BytesIO()
    Image.new("L", (30, 20), 90).save(grey, "PNG")
    assert picture.redrawn(grey).hue is None


def test_too_many_pixels_are_refused_before_one_is_decoded() -> None:
    side = int(limits.PIXELS**0.5) + 1
    with pytest.raises(Refused, match="million pixels"):
        picture.redrawn(io.BytesIO(made((side, side))))


def test_a_small_picture_is_square_and_keeps_the_top() -> None:
    image = Image.new("RGB", (100, 300), "blue")
    image.paste("red", (0, 0, 100, 100))
    out = io.BytesIO()
    image.save(out, "WEBP")
    shown = opened(picture.small(out.getvalue()))
    assert shown.size == (picture.SMALL_SIDE,) * 2
    red, _green, blue = shown.convert("RGB").getpixel((128, 60))  # type: ignore[misc]  # three bands
    assert red > blue


def test_a_card_without_a_picture_gets_a_plain_one() -> None:
    image = opened(picture.plain_png("Zoë", 200))
    assert (image.format, image.size) == ("PNG", picture.PLAIN_SIZE)
