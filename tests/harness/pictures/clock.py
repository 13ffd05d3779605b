"""A picture to bring: a tower clock at dusk, drawn here so that it is nobody else's."""

from __future__ import annotations

from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw

SIZE = (900, 675)
TWICE = 2
"""Drawn larger and made smaller again, for smooth edges."""
DUSK, GLOW = (28, 42, 78), (226, 148, 98)
STONE, FACE, BRASS, INK = "#4a4038", "#f6ead2", "#b5812f", "#2e2620"


def clock() -> bytes:
    """The picture as a PNG."""
    width, height = SIZE[0] * TWICE, SIZE[1] * TWICE
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        part = y / height
        shade = [round(a + (b - a) * part) for a, b in zip(DUSK, GLOW, strict=True)]
        draw.line((0, y, width, y), fill=(shade[0], shade[1], shade[2]))
    x, middle, radius = width / 2, height * 0.5, height * 0.34
    draw.polygon(_box(x, height * 0.62, radius * 1.3, height * 0.6), fill=STONE)
    for size, colour in ((1.12, BRASS), (1.0, FACE), (0.05, INK)):
        draw.circle((x, middle), radius * size, fill=colour)
    for hour in range(12):
        draw.line(_ray(x, middle, hour / 12, radius * 0.8, radius * 0.93), INK, 14)
    draw.line(_ray(x, middle, 10.1 / 12, -radius * 0.1, radius * 0.5), INK, 24)
    draw.line(_ray(x, middle, 8 / 60, -radius * 0.1, radius * 0.74), INK, 16)
    out = BytesIO()
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _box(x: float, y: float, wide: float, high: float) -> list[tuple[float, float]]:
    left, right, top, foot = x - wide, x + wide, y - high, y + high
    return [(left, top), (right, top), (right, foot), (left, foot)]


def _ray(x: float, y: float, turn: float, begin: float, end: float) -> list[float]:
    """From the middle outwards, by the share of a turn from the top."""
    across, up = sin(turn * 2 * pi), cos(turn * 2 * pi)
    return [x + across * begin, y - up * begin, x + across * end, y - up * end]
