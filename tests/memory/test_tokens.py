"""What a text costs, and as much of it as fits."""

from __future__ import annotations

from memory.completion import Message
from memory.tokens import beginning, recent, tokens_in


def test_a_token_is_four_characters_or_one_wide_one() -> None:
    assert tokens_in("") == 0
    assert tokens_in("abcde") == 2
    assert tokens_in("猫が好き") == 4


def test_a_beginning_is_as_long_as_its_tokens_allow() -> None:
    assert beginning("Short.", 2) == "Short."
    assert beginning("word " * 100, 0) == ""
    shown = beginning("word " * 100, 10)
    assert shown.startswith("word word") and shown.endswith("…")
    assert tokens_in(shown) <= 11


def test_the_last_message_goes_along_however_long() -> None:
    history = [Message("user", "a"), Message("assistant", "word " * 1000)]
    assert list(recent(history, budget=10)) == history[1:]
    assert list(recent([], budget=10)) == []
