"""A picture of coloured squares, and which of them another picture shows: for crops."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from PIL import Image, ImageColor

SIDE = 100
COLOURS = (
    ("#a03030", "#30a030", "#3030a0", "#a0a030", "#30a0a0"),
    ("#a030a0", "#602000", "#006020", "#200060", "#606060"),
)
ALIKE = 24
"""How far a channel may be off: pictures are kept with losses."""


def squares() -> bytes:
    """Two rows of five, as a PNG."""
    picture = Image.new("RGB", (SIDE * len(COLOURS[0]), SIDE * len(COLOURS)))
    for row, colours in enumerate(COLOURS):
        for column, colour in enumerate(colours):
            square = Image.new("RGB", (SIDE, SIDE), ImageColor.getrgb(colour))
            picture.paste(square, (column * SIDE, row * SIDE))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def assert_shows(data: bytes, row: int, column: int) -> None:
    """This picture is that square, and nothing of those around it."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    assert picture.width == picture.height
    wanted = ImageColor.getrgb(COLOURS[row][column])
    ends = (picture.width // 20, picture.width * 19 // 20)
    for at in ((x, y) for x in ends for y in ends):
        found = cast("tuple[int, int, int]", picture.getpixel(at))
        off = max(abs(a - b) for a, b in zip(found, wanted, strict=True))
        assert off < ALIKE, f"{found} at {at}, not {wanted}"
