"""Quotes without a name: literal, one for each learner, and none that tells who it was."""

from __future__ import annotations

import pytest

from tutor.classes.quotes import LONGEST, anonymous

NAMES = ["Ana Lind", "민아", "bo"]


def test_a_plain_quote_is_shown_as_it_was_said() -> None:
    assert anonymous({1: ["it is 256, surely"]}, NAMES) == ["it is 256, surely"]


@pytest.mark.parametrize(
    "quote",
    [
        "as ANA said, 256",
        "Lind thinks so",
        "민아는 256이라고 해요",
        "Bo, is it 256?",
        "write to me@example.org",
        "see https://example.org/me",
        "call 0171 555 12345",
        "my name is on it",
        "x" * (LONGEST + 1),
        " ",
    ],
)
def test_a_quote_that_may_tell_who_said_it_is_left_out(quote: str) -> None:
    assert anonymous({1: [quote]}, NAMES) == []


def test_a_learner_is_quoted_once_and_the_order_says_nothing() -> None:
    quotes = {1: ["b is 2", "b is 3"], 2: ["a is 1"], 3: ["banana split"]}
    turned = {3: ["banana split"], 2: ["a is 1"], 1: ["b is 2", "b is 3"]}
    found = anonymous(quotes, NAMES)
    assert set(found) == {"b is 2", "a is 1", "banana split"}
    assert found == anonymous(turned, NAMES)
