"""Draws the site's icons: `python -m chatapp.offline.icons` writes them anew.

The same few strokes as `static/favicon.svg`, on a grid of 32, for the places that take no
SVG. A maskable icon fills its square and keeps the drawing within the middle 80 %, since
systems cut it to their own shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

GRID = 32
FINER = 8
"""Drawn so many times larger, then made smaller: that smooths the edges."""
GROUND, STROKE = "#1d5a6b", "#fbf9f5"
ROUND, WIDTH = 8.0, 2.4
RING = (16.0, 8.2, 2.7)
LINES = (((16.0, 11.0), (16.0, 25.4)), ((11.4, 15.2), (20.6, 15.2)))
Point = tuple[float, float]
# Two cubic curves, from end over two handles to end: the anchor's arms.
ARMS: tuple[tuple[Point, Point, Point, Point], ...] = (
    ((6.8, 18.4), (7.7, 22.8), (11.2, 25.3), (16.0, 25.4)),
    ((16.0, 25.4), (20.8, 25.3), (24.3, 22.8), (25.2, 18.4)),
)
STEPS = 200
MASKABLE = 0.7
"""The drawing's share of a maskable icon: its corners stay inside the safe circle."""
FOLDER = Path(__file__).resolve().parents[2] / "static" / "icons"
FAVICON = (16, 32, 48)


def icon(side: int, *, maskable: bool = False, opaque: bool = False) -> Image.Image:
    """The icon with `side` pixels; with square corners if it is cut by others."""
    full = side * FINER
    drawn = Image.new("RGBA", (full, full), GROUND if maskable or opaque else (0,) * 4)
    draw = ImageDraw.Draw(drawn)
    if not (maskable or opaque):
        round_ = ROUND * full / GRID
        draw.rounded_rectangle((0, 0, full - 1, full - 1), round_, fill=GROUND)
    share = MASKABLE if maskable else 1.0
    scale, edge = full * share / GRID, full * (1 - share) / 2

    def at(point: Point) -> Point:
        return edge + point[0] * scale, edge + point[1] * scale

    half = WIDTH * scale / 2
    x, y = at(RING[:2])
    outer = RING[2] * scale + half
    draw.ellipse(
        (x - outer, y - outer, x + outer, y + outer),
        outline=STROKE,
        width=int(2 * half),
    )
    for path in (*map(_straight, LINES), *map(_curve, ARMS)):
        for px, py in map(at, path):  # a round pen, moved along: no seams at the joints
            draw.ellipse((px - half, py - half, px + half, py + half), fill=STROKE)
    return drawn.resize((side, side), Image.Resampling.LANCZOS)


def files() -> Iterator[tuple[str, Image.Image]]:
    """Every PNG by its name."""
    yield "icon-192.png", icon(192)
    yield "icon-512.png", icon(512)
    yield "maskable-192.png", icon(192, maskable=True)
    yield "maskable-512.png", icon(512, maskable=True)
    yield "apple-touch-icon.png", icon(180, opaque=True).convert("RGB")


def write(folder: Path = FOLDER) -> None:
    """Write all of them, and the favicon in its three sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in files():
        drawn.save(folder / name, optimize=True)
    sizes = [icon(side) for side in FAVICON]
    sizes[-1].save(
        folder / "favicon.ico",
        sizes=[(side, side) for side in FAVICON],
        append_images=sizes[:-1],
    )


def _straight(line: tuple[Point, Point]) -> list[Point]:
    (x, y), (to_x, to_y) = line
    shares = [step / STEPS for step in range(STEPS + 1)]
    return [(x + share * (to_x - x), y + share * (to_y - y)) for share in shares]


def _curve(arm: tuple[Point, Point, Point, Point]) -> list[Point]:
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        points.append(
            (
                sum(share * point[0] for share, point in zip(shares, arm, strict=True)),
                sum(share * point[1] for share, point in zip(shares, arm, strict=True)),
            )
        )
    return points


if __name__ == "__main__":
    write()
