"""Every pair of colours of every theme reads at 4.5 to 1 or better, in both schemes."""

from __future__ import annotations

import re

import pytest

from chatapp.characters.themes import Theme
from tests.page.test_contrast import (
    CSS,
    GROUNDS,
    PAIR,
    SCHEMES,
    Rgb,
    accents,
    contrast,
    mixed,
    rgb,
    tokens,
)

BLOCK = re.compile(r"^\.theme-(\w+) \{\n((?:  --[^\n]+\n)+)\}", re.MULTILINE)
THEMES = [theme.value for theme in Theme if theme.value]


def colours(theme: str, scheme: int) -> dict[str, Rgb]:
    """What a room of this theme wears: its own colours, and the site's for the rest."""
    text = (CSS / "themes.css").read_text(encoding="utf-8")
    own = dict(BLOCK.findall(text))[theme]
    found = PAIR.findall(own)
    assert len(found) == own.count("\n"), "each line is one pair of colours"
    return tokens(scheme) | {name: rgb(pair[scheme]) for name, *pair in found}


def test_there_are_colours_for_each_theme_and_no_others() -> None:
    text = (CSS / "themes.css").read_text(encoding="utf-8")
    assert [name for name, _ in BLOCK.findall(text)] == THEMES


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_reads(theme: str, scheme: int) -> None:
    colour = colours(theme, scheme)
    wash = mixed(colour["accent"], colour["paper"], 0.09)
    spoken = mixed(colour["accent"], colour["paper"], 0.22)
    grounds = {name: colour[name] for name in GROUNDS} | {"wash": wash}
    for name, ground in grounds.items():
        for ink in ("ink", "ink-soft", "ink-faint", "accent"):
            assert contrast(colour[ink], ground) >= 4.5, f"{ink} on {name}"
    for ink in ("memory", "good", "bad"):
        for name in ("paper", "paper-raised"):
            assert contrast(colour[ink], colour[name]) >= 4.5, f"{ink} on {name}"
    assert contrast(colour["bubble-ink"], colour["bubble"]) >= 4.5
    assert contrast(colour["on-accent"], colour["accent"]) >= 4.5
    assert contrast(colour["ink"], spoken) >= 4.5, "the sentence that is read aloud"
    for name in ("paper", "paper-raised"):
        assert contrast(colour["line-strong"], colour[name]) >= 3, f"lines on {name}"


@pytest.mark.parametrize("scheme", [0, 1], ids=SCHEMES)
@pytest.mark.parametrize("theme", THEMES)
def test_every_characters_accent_reads_in_every_theme(theme: str, scheme: int) -> None:
    """The list of conversations beside the room shows each in its own accent."""
    colour = colours(theme, scheme)
    for hue, accent in accents(scheme).items():
        for name in ("paper", "paper-sunk", "paper-quiet"):
            assert contrast(accent, colour[name]) >= 4.5, f"hue {hue} on {name}"
