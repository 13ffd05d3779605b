"""An upstream's error text is quoted only while it gives nothing away."""

from __future__ import annotations

import pytest

from memory.discretion import LONGEST_QUOTE, WITHHELD, error_code, quotable

SENT = {
    "anchor_id": "anchor-0123456789",
    "content": "Ich wohne in der Lindenstraße 5.",
    "metadata": {"quote": "父の話はしたくないです、お願い", "atom_type": "boundary"},
    "messages": [{"role": "user", "content": "geheim"}],
}


def test_a_text_that_repeats_nothing_is_quoted() -> None:
    assert quotable("anchor not found", sent=SENT) == "anchor not found"


def test_our_own_identifiers_may_be_quoted() -> None:
    text = "no anchor anchor-0123456789 of type boundary for user"
    assert quotable(text, sent=SENT) == text


@pytest.mark.parametrize(
    "text",
    [
        "bad value: Ich wohne in der Lindenstraße 5.",
        "bad value: wohne  in\nder ...",
        "bad value: 父の話はしたくない...",
        "bad value: geheim",
        "bad key sk-0123456",
    ],
)
def test_a_text_that_repeats_what_was_sent_is_withheld(text: str) -> None:
    assert quotable(text, sent=SENT, secrets=["sk-0123456789"]) == WITHHELD


@pytest.mark.parametrize("value", [None, 5, {"a": 1}])
def test_what_is_no_text_is_nothing(value: object) -> None:
    assert quotable(value, sent=SENT) == ""


def test_a_quote_is_one_short_printable_line() -> None:
    assert quotable("a\n\x1b[31mb\ud800", sent=()) == "a [31mb?"
    assert len(quotable("x" * 1000, sent=())) == LONGEST_QUOTE


@pytest.mark.parametrize(
    ("value", "code"),
    [("rate_limited", "rate_limited"), ("not a code", ""), (5, ""), ("x" * 65, "")],
)
def test_a_code_looks_like_one(value: object, code: str) -> None:
    assert error_code(value) == code
