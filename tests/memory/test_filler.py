"""Greetings and "ok" store nothing, and nothing else is taken for them."""

from __future__ import annotations

import time

import pytest

from memory.filler import is_trivial


@pytest.mark.parametrize(
    "text",
    [
        "hello there!",
        "ok thanks",
        "OK!!!",
        "haha nice",
        "hahahaha",
        "lol",
        "heyyyy",
        "sooo cool",
        "hmmmm",
        "I see, that makes sense",
        "got it, thank you so much :)",
        "yes please go on",
        "Good morning everyone",
        "",
        "   ",
        "...?!",
        "👍",
        "😀 🎉🎉",
        "네 감사합니다",
        "네네",
        "안녕하세요!",
        "ㅋㅋㅋ",
        "고마워요ㅎㅎ",
        "알겠습니다~",
        "了解です",
        "了解です！",
        "はい、ありがとうございます。",
        "はいはい",
        "そうですね",
        "笑",
        "好的，谢谢",
        "哈哈哈哈",
        "嗯嗯",
        "你好！",
        "ｏｋ",
    ],
)
def test_filler_is_trivial(text: str) -> None:
    assert is_trivial(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm fine but my sister is ill",
        "ok, so TCP guarantees order",
        "I love you",
        "I am so happy",
        "Don't do that again",
        "I did it!",
        "ok 5",
        "no more please",
        "Please stop",
        "thanks, Anna",
        "네가 좋아",
        "안녕, 나는 민준이야",
        "はい、猫が好きです",
        "好的，我住在北京",
        "Я люблю кошек",
        "J'ai faim",
        "हाँ मैं बीमार हूँ",
        "C++",
    ],
)
def test_what_says_anything_is_not_trivial(text: str) -> None:
    assert not is_trivial(text)


def test_it_takes_no_time_whatever_it_is_given() -> None:
    began = time.perf_counter()
    for piece in ("そうです", "はい", "ha", "o", "ㅋ", "ok "):
        is_trivial(piece * 8_000 + "x")
    assert time.perf_counter() - began < 2
