"""Every pair of colours that carries text reads at 4.5 to 1 or better, in both schemes.

The colours are read from the style sheets themselves, so a new token or accent is
checked by being there. The formula is WCAG 2.2's relative luminance.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
Rgb = tuple[float, float, float]

PAIR = re.compile(
    r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
)
ACCENT = re.compile(
    r"\.hue-(\d+) \{ --accent: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)"
)
SCHEMES = ("light", "dark")
GROUNDS = ("paper", "paper-raised", "paper-sunk", "paper-quiet")


def rgb(text: str) -> Rgb:
    """Channels from 0 to 1 of "#rrggbb"."""
    r, g, b = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return r, g, b


def luminance(colour: Rgb) -> float:
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: Rgb, other: Rgb) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def mixed(colour: Rgb, ground: Rgb, share: float) -> Rgb:
    """About what color-mix() makes of them; in sRGB, which is a little darker."""
    r, g, b = (share * c + (1 - share) * d for c, d in zip(colour, ground, strict=True))
    return r, g, b


def tokens(scheme: int) -> dict[str, Rgb]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    return {name: rgb(pair[scheme]) for name, *pair in PAIR.findall(text)}


def accents(scheme: int) -> dict[int, Rgb]:
    text = (CSS / "accents.css").read_text(encoding="utf-8")
    found = {int(hue): rgb(pair[scheme]) for hue, *pair in ACCENT.findall(text)}
    return {**found, -1: tokens(scheme)["accent"]}


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "ink-faint"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_ink_reads_on_every_paper(scheme: int, ink: str, ground: str) -> None:
    colour = tokens(scheme)
    assert contrast(colour[ink], colour[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *(("memory", f"{g}") for g in ("memory-wash", "paper", "paper-raised")),
        *(("ink", "memory-wash"), ("ink-soft", "memory-wash")),
        *(("good", "good-wash"), ("good", "paper"), ("good", "memory-wash")),
        *(("bad", "bad-wash"), ("bad", "paper"), ("bad", "memory-wash")),
    ],
)
def test_meaning_reads_on_its_ground(scheme: int, ink: str, ground: str) -> None:
    colour = tokens(scheme)
    assert contrast(colour[ink], colour[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
def test_there_is_an_accent_for_every_tenth_hue(scheme: int) -> None:
    assert sorted(accents(scheme)) == [-1, *range(0, 360, 10)]


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
def test_every_accent_reads_as_text_and_under_text(scheme: int) -> None:
    colour = tokens(scheme)
    for hue, accent in accents(scheme).items():
        wash = mixed(accent, colour["paper"], 0.09)
        grounds = {name: colour[name] for name in GROUNDS} | {"wash": wash}
        for name, ground in grounds.items():
            assert contrast(accent, ground) >= 4.5, f"hue {hue} on {name}"
        assert contrast(colour["on-accent"], accent) >= 4.5, f"text on hue {hue}"
        assert contrast(colour["ink-faint"], wash) >= 4.5, f"faint ink on hue {hue}"


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
def test_lines_that_bound_a_control_are_visible(scheme: int) -> None:
    colour = tokens(scheme)
    for ground in ("paper", "paper-raised"):
        assert contrast(colour["line-strong"], colour[ground]) >= 3
