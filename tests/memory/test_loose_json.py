"""A model's JSON is found where it is, and its absence has a reason."""

from __future__ import annotations

import pytest

from memory.loose_json import MAX_STARTS, parse_loosely


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"atoms": [1]}', id="alone"),
        pytest.param(' \n{"atoms": [1]}\n', id="blanks"),
        pytest.param('```json\n{"atoms": [1]}\n```', id="fence"),
        pytest.param('Here [1] it is: {"atoms": [1]} Enjoy {this}!', id="talk"),
        pytest.param('{oops {"atoms": [1]}', id="false-start"),
        pytest.param("{" * 50 + '"atoms": [1]}', id="many-false-starts"),
    ],
)
def test_the_json_is_found(text: str) -> None:
    assert parse_loosely(text) == {"atoms": [1]}


def test_an_array_will_do_and_the_longest_wins() -> None:
    assert parse_loosely("[1] or [1, 2, 3] or [2]") == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "Expecting value at line 1 column 1", id="empty"),
        pytest.param("Sure, my friend!", "Expecting value", id="talk"),
        pytest.param('{"atoms": [', "Expecting value", id="torn"),
        pytest.param('{"a": NaN}', "a number that JSON has not", id="nan"),
        pytest.param('"text"', "no object or array", id="string"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param("x" + "{" * (MAX_STARTS + 1) + "}", "Expecting value", id="wall"),
    ],
)
def test_its_absence_has_a_reason_that_quotes_nothing(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parse_loosely(text)
    assert "friend" not in str(caught.value)


def test_its_strings_are_made_storable() -> None:
    assert parse_loosely(r'{"a\u0000": ["\ud800", 1, null]}') == {
        "a\ufffd": ["\ufffd", 1, None]
    }
    assert parse_loosely(r'so: ["\u0000"]') == ["\ufffd"]
