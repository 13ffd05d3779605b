"""A memory is in the script that was used; a few letters of another one say nothing."""

from __future__ import annotations

import pytest

from memory.scripts import is_translated, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("My sister plays the cello.", "LATIN"),
        ("제 여동생은 첼로를 켜요", "HANGUL"),
        ("姉はチェロを弾きます", "KANA"),
        ("我姐姐会拉大提琴", "CJK"),
        ("Моя сестра играет на виолончели", "CYRILLIC"),
        ("ﾁｪﾛが好き", "KANA"),
        ("B", ""),
        ("3/4 = 0.75", ""),
        ("", ""),
    ],
)
def test_most_of_its_letters_say_it(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("content", "quote", "translated"),
    [
        ("사용자의 여동생은 첼로를 켠다.", "제 여동생은 첼로를 켜요", False),
        ("User's sister plays the cello.", "제 여동생은 첼로를 켜요", True),
        ("사용자의 여동생은 첼로를 켠다.", "My sister plays the cello.", True),
        ("用户的姐姐会拉大提琴。", "姉はチェロを弾きます", True),
        # A name in other letters, kept as it is, or not.
        ("사용자의 딸은 Charlotte이다.", "딸 이름은 Charlotte", False),
        ("사용자의 딸은 샬럿이다.", "딸 이름은 Charlotte", True),
        # Too few letters to say anything.
        ("학습자는 맞는 답을 안다.", "B", False),
    ],
)
def test_a_memory_in_another_script_was_translated(
    content: str, quote: str, *, translated: bool
) -> None:
    assert is_translated(content, quote) is translated
