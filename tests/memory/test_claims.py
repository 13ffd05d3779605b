"""A reply that says it remembers, in four languages."""

from __future__ import annotations

import pytest

from memory.claims import passage


@pytest.mark.parametrize(
    "text",
    [
        "I remember your jazz evenings.",
        "Last time you told me about the harbour.",
        "You once said that rain helps.",
        "저번에 말했던 그 카페 갔어요?",
        "지난주에 시험 본다고 했었죠?",
        "この前話してくれた猫、元気？",
        "去年京都に行ったと言っていましたね。",
        "你上次说的那家店还在吗？",
        "我记得你喜欢下雨天。",
    ],
)
def test_a_claim_is_heard(text: str) -> None:
    assert passage(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Remember to write to them.",
        "Do you remember how you won?",
        "What a lovely plan. Try the red one.",
        "오늘 날씨가 참 좋네요.",
        "今日はいい天気ですね。",
        "今天天气真好，我们去散步吧。",
        "记得你们可以写信。",
        "",
    ],
)
def test_no_claim_is_heard_where_there_is_none(text: str) -> None:
    assert passage(text) == ""


def test_the_sentence_behind_a_claim_belongs_to_it() -> None:
    text = "Lovely. I remember the fair. You won a prize! Now, tea?"
    assert passage(text) == "I remember the fair. You won a prize!"
