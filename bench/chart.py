"""A small line chart as SVG, readable in light and dark, made without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 150, 36, 40
COLOURS = ("#2f6fb0", "#b0632f", "#6b7280", "#4f8a4f")
DASHES = ("", "6 4", "2 3", "8 3 2 3")


def line_chart(
    title: str, lines: Mapping[str, Sequence[float]], *, across: str, up: str
) -> str:
    """One line per name over 1, 2, 3 ...; the lines differ by dash as well as colour."""
    values = [value for line in lines.values() for value in line]
    low, high = _bounds(values)
    count = max(map(len, lines.values()))

    def x(number: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * number / max(1, count - 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            f' role="img" aria-label="{escape(title)}" font-family="sans-serif"'
            ' font-size="12" fill="#6b7280">'
        ),
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>',
    ]
    for step in range(5):
        value = low + (high - low) * step / 4
        parts.append(
            f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#9ca3af"'
            ' stroke-opacity=".35"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">'
            f"{value:.2f}</text>"
        )
    for number in range(0, count, 4):
        parts.append(
            f'<text x="{x(number):.1f}" y="{HEIGHT - BOTTOM + 18}"'
            f' text-anchor="middle">{number + 1}</text>'
        )
    labels = _apart({name: y(line[-1]) + 4 for name, line in lines.items()})
    for place, (name, line) in enumerate(lines.items()):
        path = "L".join(f"{x(n):.1f} {y(v):.1f}" for n, v in enumerate(line))
        colour, dash = COLOURS[place % 4], DASHES[place % 4]
        parts.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
            f'<text x="{WIDTH - RIGHT + 8}" y="{labels[name]:.1f}"'
            f' fill="{colour}">{escape(name)}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 4}"'
        f' text-anchor="middle">{escape(across)}</text>'
        f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle"'
        f' transform="rotate(-90 14 {HEIGHT / 2})">{escape(up)}</text></svg>\n'
    )
    return "\n".join(parts)


def _apart(places: Mapping[str, float]) -> dict[str, float]:
    """Labels of lines that end together, one below the other."""
    apart: dict[str, float] = {}
    lowest = 0.0
    for name, place in sorted(places.items(), key=lambda one: one[1]):
        lowest = apart[name] = max(place, lowest + 14)
    return apart


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """Round borders around the values, so that small differences are not blown up."""
    low = max(0.0, int(min(values) * 10) / 10)
    high = min(1.0, int(max(values) * 10 + 1) / 10)
    return low, max(high, low + 0.1)
