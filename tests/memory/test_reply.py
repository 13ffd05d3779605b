"""The stream as the person sees it: no marker, nothing else lost."""

from __future__ import annotations

import re
from contextlib import aclosing
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.errors import ModelInterrupted
from memory.prompt import Prompt
from memory.reply import Citation, Reply, Unmarker, stream
from tests.memory.doubles import FakeModel

PROMPT = Prompt(messages=())
PARTS = """
    [m1] [m2] [m1,m2] [m1,␣m12] [M3] 【m2】 ［m1、m2］ [m1␣and␣m2] [m1][m2] [ ] [m [m1 m1] 1
    m , ; and ␣ ␣␣ ␣␣␣␣␣ ⏎ ` ``` ~~~ > - 猫 コーヒー 커피 naïve 👍 [m1234] [x1] [] [[m1]]
    [m1](u)
"""
MADE_OF_PARTS = st.lists(st.sampled_from(PARTS.split())).map(
    lambda parts: "".join(parts).replace("␣", " ").replace("⏎", "\n")
)
TEXTS = st.one_of(st.text(), MADE_OF_PARTS)
# The rule once more, for texts without code, in words of its own.
SEPARATED = r"(?:[ \t,;/&、，-]|and){1,5}"
MARKER = re.compile(
    rf"[ \t]{{0,2}}[\[【［][ \t]{{0,2}}m\d{{1,3}}(?:{SEPARATED}m\d{{1,3}}){{0,15}}"
    r"[ \t]{0,2}[\]】］]",
    re.IGNORECASE | re.ASCII,
)


def strip(*pieces: str) -> tuple[str, list[Citation]]:
    """What is shown of these pieces, and what was cited."""
    unmark = Unmarker()
    shown = [*map(unmark.feed, pieces), unmark.finish()]
    return "".join(shown), unmark.citations


def test_a_marker_is_taken_out_and_remembered() -> None:
    assert strip("Mochi is well [m2].") == ("Mochi is well.", [Citation("m2", 13)])


@pytest.mark.parametrize(
    ("said", "shown", "labels"),
    [
        ("Both [m1, m2].", "Both.", ["m1", "m2"]),
        ("Both [m1][m2].", "Both.", ["m1", "m2"]),
        ("Both [m1] [m2].", "Both.", ["m1", "m2"]),
        ("Both [m1; m2].", "Both.", ["m1", "m2"]),
        ("Both [m1 and m2].", "Both.", ["m1", "m2"]),
        ("Big [M1].", "Big.", ["m1"]),
        ("Spaced [ m1 ].", "Spaced.", ["m1"]),
        ("Glued[m1].", "Glued.", ["m1"]),
        ("[m1] First.", " First.", ["m1"]),
        ("猫の名前はモチです[m1]。", "猫の名前はモチです。", ["m1"]),
        ("猫の名前はモチです【m1】。", "猫の名前はモチです。", ["m1"]),
        ("고양이는 모찌예요 [m1、m2].", "고양이는 모찌예요.", ["m1", "m2"]),
        ("[[m1]]", "[]", ["m1"]),
        ("a(m1) [m] [m1234] [1] [memory] m1]", None, []),
        ("never closed [m1", None, []),
        ("never closed [m1, m2\nand on", None, []),
        ("a list [1, 2] and [and]", None, []),
        ("in a sentence, `a[m1]`", "in a sentence, `a`", ["m1"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_a_marker_and_what_is_not(
    said: str, shown: str | None, labels: list[str]
) -> None:
    expected = said if shown is None else shown
    assert strip(said) == (expected, strip(*said)[1])
    assert strip(*said)[0] == expected
    assert [citation.label for citation in strip(said)[1]] == labels


@pytest.mark.parametrize(
    "code",
    [
        "```\nx[m1]\n```\n",
        "```python\nx[m1]\n``` not yet\nx[m2]\n```\n",
        "~~~\nx[m1]\n```\ny [m2]\n~~~~\n",
        "> ```\n> x[m1]\n> ```\n",
        "1. ```\n   x[m1]\n   ```\n",
        "````\n```\nx[m1]\n````\n",
    ],
)
def test_fenced_code_is_left_alone(code: str) -> None:
    text = f"Look [m1]:\n{code}That is all [m2]."
    assert strip(*text) == strip(text)
    shown, citations = strip(text)
    assert shown == f"Look:\n{code}That is all."
    assert citations == [Citation("m1", 4), Citation("m2", len(shown) - 1)]


def test_backticks_that_close_on_their_line_open_no_block() -> None:
    assert strip("```x``` is code\nand this is not [m1].\n")[1] == [Citation("m1", 31)]


def test_text_is_shown_at_once_but_for_what_may_become_a_marker() -> None:
    unmark = Unmarker()
    assert unmark.feed("Hello there") == "Hello there"
    assert unmark.feed(" you") == " you"
    assert unmark.feed(" [") == ""
    assert unmark.feed("m1") == ""
    assert unmark.feed("]!") == "!"
    assert unmark.feed(" [x") == " [x"


def test_a_bracket_that_never_closes_is_let_go() -> None:
    unmark = Unmarker()
    shown = unmark.feed("[" + "m1," * 200)
    assert shown.startswith("[m1,m1,")


def test_a_marker_of_many_labels_is_the_same_in_any_pieces() -> None:
    marker = "[" + " and  ".join(["m100"] * 16) + "]"
    assert strip("x" + marker) == strip(*("x" + marker)) == strip("x", marker)
    assert strip("x" + marker)[0] == "x"


@given(TEXTS, st.lists(st.integers(0, 400)))
@settings(max_examples=500, deadline=None)
def test_however_it_is_cut_the_same_comes_out(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[a:b] for a, b in pairwise(places)]
    whole = strip(text)
    assert strip(*pieces) == whole
    assert strip(*text) == whole


@given(TEXTS.filter(lambda text: "```" not in text and "~~~" not in text))
@settings(max_examples=500, deadline=None)
def test_nothing_but_markers_is_lost_and_each_is_where_it_stood(text: str) -> None:
    shown, citations = strip(text)
    assert shown == MARKER.sub("", text)
    expected = []
    removed = 0
    for marker in MARKER.finditer(text):
        for label in re.findall(r"m\d+", marker.group(), re.IGNORECASE | re.ASCII):
            expected.append(Citation(label.lower(), marker.start() - removed))
        removed += len(marker.group())
    assert citations == expected


async def test_a_stream_yields_its_pieces_and_then_the_reply() -> None:
    model = FakeModel("Your cat ", "Mochi [m", "1] is fine", "[")
    pieces = [piece async for piece in stream(PROMPT, model)]
    reply = pieces[-1]
    assert isinstance(reply, Reply)
    assert "".join(str(piece) for piece in pieces[:-1]) == reply.text
    assert reply == Reply(
        text="Your cat Mochi is fine[",
        citations=(Citation("m1", 14),),
        prompt_tokens=100,
        completion_tokens=20,
    )


async def test_a_stream_without_an_end_says_so() -> None:
    model = FakeModel("Yes.")
    model.finished = None
    pieces = [piece async for piece in stream(PROMPT, model)]
    assert pieces == ["Yes.", Reply("Yes.", finish="other")]


async def test_a_stream_that_breaks_keeps_what_was_shown() -> None:
    model = FakeModel("Once upon", ModelInterrupted("cut"))
    shown = []
    with pytest.raises(ModelInterrupted):
        async for piece in stream(PROMPT, model):
            shown.append(piece)
    assert shown == ["Once upon"]


async def test_a_stream_tells_of_each_citation_before_it_may_be_stopped() -> None:
    told: list[Citation] = []
    pieces = stream(
        PROMPT, FakeModel("Rain [m1", "] it", " is, tea [m2]"), cite=told.append
    )
    async with aclosing(pieces) as coming:
        assert [await anext(coming), told] == ["Rain", []]
        assert [await anext(coming), told] == [" it", [Citation("m1", 4)]]


async def test_leaving_the_stream_closes_the_model() -> None:
    model = FakeModel("a", "b", "c")
    async with aclosing(stream(PROMPT, model)) as pieces:
        assert await anext(pieces) == "a"
    assert model.closed


async def test_a_continuation_says_nothing_twice_and_counts_from_its_own_start() -> (
    None
):
    model = FakeModel("climbed the stairs", " at six [m1], and", " slept.")
    so_far = "The keeper climbed the stairs"
    pieces = [piece async for piece in stream(PROMPT, model, so_far=so_far)]
    assert "".join(str(piece) for piece in pieces[:-1]) == " at six, and slept."
    reply = pieces[-1]
    assert isinstance(reply, Reply)
    assert reply.text == " at six, and slept."
    assert reply.citations == (Citation("m1", 7),)


async def test_a_continuation_within_code_keeps_what_looks_like_a_marker() -> None:
    model = FakeModel("y = x[m1]\n```\nSo it is [m2].")
    so_far = "Like this:\n```\nx = [1, 2]\n"
    reply = [piece async for piece in stream(PROMPT, model, so_far=so_far)][-1]
    assert isinstance(reply, Reply)
    assert reply.text == "y = x[m1]\n```\nSo it is."
    assert [cited.label for cited in reply.citations] == ["m2"]
