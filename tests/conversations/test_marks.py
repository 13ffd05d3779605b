"""A mark in a reply changes none of its words, wherever it stands."""

from __future__ import annotations

import pytest
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given
from hypothesis import strategies as st

from chatapp.conversations.markdown import render
from chatapp.conversations.marks import POINTS, PRIVATE, Mark, render_with

CHIP = mark_safe('<button data-chip="1"></button>')


def marked(text: str, *offsets: int) -> SafeString:
    return render_with(text, [Mark(offset, CHIP) for offset in offsets])


@pytest.mark.parametrize(
    ("text", "behind", "html"),
    [
        pytest.param(
            "You like tea.", "tea.", f"<p>You like tea.{CHIP}</p>\n", id="end"
        ),
        pytest.param(
            "*Tea* it is.", "*Tea*", f"<p><em>Tea</em>{CHIP} it is.</p>\n", id="em"
        ),
        pytest.param(
            "_Tea_ it is.", "_Tea_", f"<p><em>Tea</em>{CHIP} it is.</p>\n", id="_"
        ),
        pytest.param("- tea\n- rain", "tea", None, id="list"),
        pytest.param("# Tea\n\nRain.", "Tea", None, id="heading"),
        pytest.param("| a | b |\n|---|---|\n| tea | x |", "| tea", None, id="table"),
        pytest.param(
            "차를 좋아해요.", "좋아해요.", f"<p>차를 좋아해요.{CHIP}</p>\n", id="ko"
        ),
        pytest.param("👋 tea", "👋", f"<p>👋{CHIP} tea</p>\n", id="beyond the plane"),
    ],
)
def test_a_mark_stands_where_its_marker_stood(
    text: str, behind: str, html: str | None
) -> None:
    shown = marked(text, text.index(behind) + len(behind))
    assert shown.replace(CHIP, "") == render(text)
    assert shown.count(CHIP) == 1
    if html is not None:
        assert shown == html


def test_a_mark_inside_an_address_moves_to_the_end_of_its_paragraph() -> None:
    text = "See [this](https://example.org/tea) here.\n\nMore."
    shown = marked(text, text.index("org"))
    assert shown.replace(CHIP, "") == render(text)
    assert f"here.{CHIP}</p>" in shown


def test_one_that_has_no_place_leaves_the_others_theirs() -> None:
    text = "```python tea\nx = 1\n```\n\nYou like tea."
    shown = marked(text, text.index("python") + 2, len(text))
    assert shown.replace(CHIP, "") == render(text)
    assert f"You like tea.{CHIP}</p>" in shown


def test_a_text_with_every_sign_of_ours_keeps_all_its_characters() -> None:
    text = "".join([*PRIVATE, *POINTS, " tea"])
    assert marked(text, 3) == render(text)


def test_marks_behind_the_end_and_in_any_order_are_placed_once() -> None:
    assert marked("Tea.", 99, 4, 0).count(CHIP) == 3


@given(
    st.text(alphabet="ab*_`[]()#>-|~ \n!<>&\\1.", max_size=60),
    st.lists(st.integers(0, 60), max_size=4),
)
def test_no_text_is_changed_by_marks(text: str, offsets: list[int]) -> None:
    assert marked(text, *offsets).replace(CHIP, "") == render(text)
