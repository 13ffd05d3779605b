"""The edges of OpenAI-compatible answers that streams in test_llm.py do not reach."""

from __future__ import annotations

import json

import pytest

from memory.completion import Chunk, SurrogateJoiner, read_chunk, read_completion
from memory.errors import ModelProtocolError


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def test_a_chunk_is_text_and_signs_of_life() -> None:
    chunk = read_chunk(encoded({"choices": [{"delta": {"content": "Hi"}}]}))
    assert chunk == Chunk("Hi", alive=True)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
        {"error": None, "usage": None},
        {"usage": {"prompt_tokens": True, "completion_tokens": "2"}},
    ],
)
def test_a_chunk_may_say_nothing(value: object) -> None:
    assert read_chunk(encoded(value)) == Chunk()


def test_a_completion_is_text_and_refusal() -> None:
    message = {"content": "half \ud83d", "refusal": None}
    answer = encoded({"choices": [{"message": message}]})
    assert read_completion(answer) == ("half \ufffd", "")


def test_an_answer_nested_too_deeply_is_no_answer() -> None:
    with pytest.raises(ModelProtocolError, match="not JSON"):
        read_completion(b"[" * 100_000)


def test_a_pair_split_over_two_chunks_is_joined() -> None:
    joiner = SurrogateJoiner()
    assert joiner.feed("a\ud83d") == "a"
    assert joiner.feed("\ude42b") == "🙂b"
    assert joiner.close() == ""


def test_half_a_pair_that_stays_alone_is_replaced() -> None:
    joiner = SurrogateJoiner()
    assert joiner.feed("\ud83d") == ""
    assert joiner.feed("x") == "\ufffdx"
    assert joiner.feed("\ud83d") == ""
    assert joiner.close() == "\ufffd"
