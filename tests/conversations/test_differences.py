"""What two answers do not share is marked in both, and no word is changed by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.conversations.differences import MOST_WORDS, differences
from chatapp.conversations.markdown import render


def unmarked(html: str) -> str:
    return html.replace("<mark>", "").replace("</mark>", "")


def test_a_passage_of_one_answer_alone_is_one_mark() -> None:
    first, second = differences(
        "Your sister Marta plays the cello. It rains on Sunday again.",
        "It rains on Sunday again.",
    )
    assert "<mark>Your sister Marta plays the cello</mark>." in first
    assert "<mark>" not in second


def test_a_word_in_common_is_no_passage_in_common() -> None:
    first, _ = differences("the cello", "the rain")
    assert first == "<p><mark>the cello</mark></p>\n"


def test_marks_keep_within_emphasis() -> None:
    first, _ = differences("*She smiles* at you.", "No.")
    assert first == "<p><em><mark>She smiles</mark></em> <mark>at you</mark>.</p>\n"


def test_markup_in_an_answer_stays_text() -> None:
    first, _ = differences("<img src=x onerror=alert(1)> tea", "No.")
    assert "<img" not in first


def test_very_long_answers_are_shown_without_marks() -> None:
    long = "word " * (MOST_WORDS + 1)
    assert differences(long, "No.") == (render(long), render("No."))


@pytest.mark.parametrize(
    ("shared", "mine", "other"),
    [
        (
            "雨の日にはジャズがいちばんです",
            "妹のマルタさんはチェロを弾きます",
            "お元気ですか",
        ),
        ("下雨天最适合听爵士乐", "你妹妹玛尔塔拉大提琴", "好吗"),
        ("오늘은 비가 온다고 했어", "네 여동생은 첼로를 켜지", "안녕"),
        ("วันนี้ฝนตกทั้งวัน", "น้องสาวเล่นเชลโล", "สบายดีไหม"),
    ],
    ids=["ja", "zh", "ko", "th"],
)
def test_a_script_without_spaces_is_compared_by_its_signs(
    shared: str, mine: str, other: str
) -> None:
    first, second = differences(f"{shared}. {mine}.", f"{shared}. {other}.")
    assert first == f"<p>{shared}. <mark>{mine}</mark>.</p>\n"
    assert second == f"<p>{shared}. <mark>{other}</mark>.</p>\n"


def test_an_answer_that_repeats_itself_costs_no_seconds_and_has_no_marks() -> None:
    first, second = "the cat sat on the mat " * 240, "the dog sat on a mat " * 240
    assert differences(first, second) == (render(first), render(second))


@pytest.mark.parametrize("text", ["", "...", "一 二 三 四"])
def test_anything_is_compared(text: str) -> None:
    assert unmarked(differences(text, "No.")[0]) == render(text)


@given(st.text(alphabet="ab *_`[]().\n", max_size=50), st.text(max_size=30))
def test_no_word_is_changed_by_marks(first: str, second: str) -> None:
    one, two = differences(first, second)
    assert unmarked(one) == render(first)
    assert unmarked(two) == render(second)
