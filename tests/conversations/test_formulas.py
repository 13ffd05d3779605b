"""Formulas are drawn, prices are not, and nothing in one acts."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from chatapp.conversations.formulas import LONGEST, mathml
from chatapp.conversations.live import LiveReply
from chatapp.conversations.markdown import render


def test_a_formula_in_a_sentence_becomes_mathml() -> None:
    html = render(r"So $\frac{1}{2} + \sqrt{x}$ it is.")
    assert '<math display="inline">' in html
    assert "<mfrac>" in html
    assert "<msqrt>" in html
    assert "$" not in html


def test_a_formula_on_lines_of_its_own_is_a_block() -> None:
    html = render("First:\n\n$$\n2^{32-26} = 64\n$$\n\nThen.")
    assert '<math display="block">' in html
    assert html.index("First") < html.index("<math") < html.index("Then")


@pytest.mark.parametrize(
    "text",
    [
        r"So \(\frac{1}{2} + \sqrt{x}\) it is.",
        r"Then \[\frac{1}{2} + \sqrt{x}\] follows.",
        "Then\n\\[\n\\frac{1}{2}\n+ \\sqrt{x}\n\\]\nfollows.",
        "1. Then\n\n   \\[ \\frac{1}{2} + \\sqrt{x} \\]\n\n2. So.",
    ],
)
def test_brackets_with_a_backslash_are_formulas_too(text: str) -> None:
    html = render(text)
    assert "<math" in html
    assert "<mfrac>" in html
    assert "<msqrt>" in html
    assert "[" not in html
    assert "(" not in html


@pytest.mark.parametrize(
    "text",
    [
        r"\[OOC: be right back\]",
        r"\(she smiles\)",
        r"As they say.\[1\]",
        r"`\(x = 1\)`",
        r"\\(x = 1\\)",
        "\\[\nx = 1\n\nand more\n\\]",
        r"\(^_^",
    ],
)
def test_escaped_brackets_around_words_stay_brackets(text: str) -> None:
    assert "<math" not in render(text)


def test_brackets_without_end_stay_text() -> None:
    for text in (r"\(abc " * 2_000, "\\[x = 1\n" * 2_000):
        assert "<math" not in render(text)


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and $6.", "5$ or 6$", r"\$x\$", "`$x$`", "```\n$x$\n```", "$ x $"],
)
def test_prices_code_and_escaped_dollars_are_no_formulas(text: str) -> None:
    assert "<math" not in render(text)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\text{</mtext></math><script>alert(1)</script>}",
        r"\text{&#60;script&#62;}",
        r"\style{position:fixed}{x}",
        r"\class{evil}{x}",
    ],
)
def test_nothing_in_a_formula_acts(latex: str) -> None:
    html = render(f"${latex}$")
    for name, attributes in re.findall(r"<\s*([a-zA-Z0-9]+)([^>]*)>", html):
        assert name in {"p", "code"} or name.startswith("m")
        assert not re.search(r"\b(?:href|style|class|id|on\w+|src)\s*=", attributes)


@pytest.mark.parametrize(
    "latex", [r"\frac{1}{", "x^", "", "{" * LONGEST, "x" * (LONGEST + 1), r"\left("]
)
def test_what_can_not_be_drawn_is_shown_as_it_was_written(latex: str) -> None:
    html = mathml(latex, is_block=False)
    assert html.startswith(("<code>", "<math"))


def test_a_reply_that_grows_ends_as_the_whole_text_would_be_drawn() -> None:
    text = "Look:\n\n$$\n- a\n+ b\n$$\n\nand $x^2$, done.\n\n\\[\n- c\n+ d\n\\]\n\nEnd."
    live = LiveReply(uuid4(), uuid4())
    for letter in text:
        live.append(letter)
        live.rendering()
    assert "".join(live.closed_up().closed) == render(text)
