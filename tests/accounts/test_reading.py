"""Text sizes go up and down by steps, and end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatapp.accounts.reading import TextSize, TextWidth, next_size

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"


@pytest.mark.parametrize(
    ("size", "step", "then"),
    [
        ("", 1, "large"),
        ("", -1, "small"),
        ("small", -1, "small"),
        ("largest", 1, "largest"),
        ("larger", -1, "large"),
        ("unheard of", 1, "large"),
    ],
)
def test_a_step_ends_at_the_last_size(size: str, step: int, then: str) -> None:
    assert next_size(size, step) == TextSize(then)


def test_the_style_sheet_knows_every_size_and_width() -> None:
    text = TOKENS.read_text(encoding="utf-8")
    for attribute, choices in (("text", TextSize), ("width", TextWidth)):
        known = set(re.findall(rf'\[data-{attribute}="(\w+)"\]', text))
        assert known == set(choices.values) - {""}
