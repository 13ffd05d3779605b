"""Text that came in can be stored and sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.storable import storable


def test_ordinary_text_stays_itself() -> None:
    text = "Grüße, 日本 🙂"
    assert storable(text) is text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("a\0b", "a\ufffdb"),
        ("a\ud83d", "a\ufffd"),
        ("\ude42a", "\ufffda"),
        ("\ud83d\ude42", "🙂"),
        ("\ud83d\ud83d\ude42", "\ufffd🙂"),
    ],
)
def test_what_cannot_be_stored_is_replaced(text: str, mended: str) -> None:
    assert storable(text) == mended


@given(st.text(st.characters(codec=None)))
def test_the_result_always_encodes(text: str) -> None:
    assert "\0" not in storable(text).encode().decode()
