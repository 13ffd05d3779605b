"""A continued reply goes on where it stopped: nothing twice, nothing lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.seam import Seam


def joined(so_far: str, *pieces: str, joint: str = "") -> str:
    seam = Seam(so_far, joint)
    out = "".join([*map(seam.feed, pieces), seam.finish()])
    assert seam.shift == len(out) - len("".join(pieces))
    return so_far + out


def test_what_goes_on_is_left_as_it_is() -> None:
    assert joined("The lamp turns", " slowly", ".") == "The lamp turns slowly."


def test_the_first_piece_of_a_plain_continuation_is_not_held_back() -> None:
    assert Seam("The lamp turns slowly.").feed(" And") == " And"


@pytest.mark.parametrize(
    ("so_far", "continuation", "whole"),
    [
        (
            "The keeper climbed the stairs",
            "climbed the stairs and sat down.",
            "The keeper climbed the stairs and sat down.",
        ),
        (
            "The keeper climbed the stairs ",
            "climbed the stairs and sat down.",
            "The keeper climbed the stairs and sat down.",
        ),
        (
            "Rain. The keeper climbed the stairs.",
            "Rain. The keeper climbed the stairs. Then he slept.",
            "Rain. The keeper climbed the stairs. Then he slept.",
        ),
        (
            "We walked to the lightho",
            "lighthouse together.",
            "We walked to the lighthouse together.",
        ),
        (
            "We walked to the lightho",
            " the lighthouse together.",
            "We walked to the lighthouse together.",
        ),
        ("By the lighthouse", "lighthouse keeper.", "By the lighthouse keeper."),
        (
            "비가 오는 밤이었습니다",
            "밤이었습니다. 그는",
            "비가 오는 밤이었습니다. 그는",
        ),
        ("```\nfor name in names:\n", "for name in names:\n    p", None),
    ],
)
def test_what_is_said_again_is_taken_out(
    so_far: str, continuation: str, whole: str | None
) -> None:
    expected = whole or "```\nfor name in names:\n    p"
    assert joined(so_far, continuation) == expected
    assert joined(so_far, *continuation) == expected


@pytest.mark.parametrize(
    ("so_far", "continuation"),
    [
        ("It was very", " very late."),
        ("ha", "ha ha"),
        ("x = [0, 0, 0, 0, 0, 0, 0, 0,", " 0, 0, 0, 0, 0, 0, 0, 0]"),
        ("Let it be, let it be\nLet it be, let it be\n", "Let it be, let it be\n"),
        (
            "Sing with me now, friend\nSing with me now, friend\n",
            "Sing with me now, friend\n",
        ),
        ("The rain in Spain", " the plain."),
        ("```\nif x:\n", "    return 1\n"),
        ("We met at the sta", "tion."),
    ],
)
def test_what_only_looks_like_a_repetition_stays(
    so_far: str, continuation: str
) -> None:
    assert joined(so_far, continuation) == so_far + continuation


def test_words_that_part_ways_before_the_end_are_all_shown() -> None:
    assert (
        joined("One two three four. One two five", " One two", " three six")
        == "One two three four. One two five One two three six"
    )


def test_a_reply_that_had_ended_gets_a_paragraph() -> None:
    assert joined("All is well.", "And then", joint="\n\n") == (
        "All is well.\n\nAnd then"
    )
    assert joined("All is well.", "\nAnd", joint="\n\n") == "All is well.\nAnd"
    assert joined("All is well.\n", "And", joint="\n\n") == "All is well.\nAnd"


def test_two_spaces_do_not_meet() -> None:
    assert joined("The lamp ", " turns") == "The lamp turns"


def test_without_a_text_before_nothing_is_done() -> None:
    assert joined("", " x") == " x"


WORDS = st.lists(st.sampled_from(["rain", "sea", "lamp ", "the", "밤", "\n", ". "]))


@given(so_far=WORDS, said=WORDS, cuts=st.lists(st.integers(0, 40), max_size=6))
def test_how_the_stream_is_cut_changes_nothing(
    so_far: list[str], said: list[str], cuts: list[int]
) -> None:
    before, text = " ".join(so_far), " ".join(said)
    bounds = sorted({0, *(min(cut, len(text)) for cut in cuts), len(text)})
    pieces = [text[a:b] for a, b in pairwise(bounds)]
    assert joined(before, *pieces) == joined(before, text)


@given(
    words=st.lists(
        st.text("abcdefghij", min_size=3, max_size=8),
        min_size=8,
        max_size=20,
        unique=True,
    ),
    again=st.integers(5, 7),
)
def test_the_last_words_said_again_are_never_doubled(
    words: list[str], again: int
) -> None:
    before = " ".join(words)
    repeated = " ".join(words[-again:])
    if before.count(repeated) == 1:
        assert joined(before, repeated + " and on") == before + " and on"
