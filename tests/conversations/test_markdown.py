"""Model output is untrusted: what is shown is safe, and streaming shows the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.conversations import markdown
from chatapp.conversations.markdown import blocks, render


def test_markdown_becomes_html() -> None:
    html = render("*She nods.*\n\nUse `ping`:\n\n```python\nprint(1)\n```")
    assert "<em>She nods.</em>" in html
    assert '<code class="language-python">' in html
    assert "<span" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/a.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[click](javascript:alert(1))",
        "[click](data:text/html,<script>alert(1)</script>)",
        "[click](vbscript:x)",
        '<a href="https://ok.example" hx-get="/c/">x</a>',
        '<div hx-swap-oob="true" id="composer">x</div>',
        '<p style="position:fixed">x</p>',
        "<svg/onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        "<form action=/accounts/logout/><button>x</button></form>",
        "```html\n<script>alert(1)</script>\n```",
        '```"><script>alert(1)</script>\nx\n```',
        "<https://evil.example/<script>>",
        "[x](https://a.example 'onmouseover=alert(1)')",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
    ],
)
def test_nothing_in_a_reply_acts(hostile: str) -> None:
    html = render(hostile)
    tags = re.findall(r"<\s*([a-zA-Z0-9]+)([^>]*)>", html)
    assert {name for name, _ in tags} <= {"p", "a", "pre", "code", "span", "br"}
    for _, attributes in tags:
        names = set(re.findall(r'([\w-]+)="', attributes))
        assert names <= {"href", "rel", "class"}
        assert not re.search(r"href=\"(?!https?:|mailto:)", attributes)


def test_links_do_not_vouch_for_their_target() -> None:
    assert 'rel="noopener nofollow ugc"' in render("[x](https://a.example)")


def test_a_single_newline_is_a_line_break() -> None:
    assert "<br>" in render("one\ntwo")


PIECES = st.sampled_from(
    [
        *("word", " ", "\n", "\n\n", "- item\n", "1. one\n", "> quote\n", "```\n"),
        *("# head\n", "*em*", "| a | b |\n| - | - |\n| 1 | 2 |\n", "\r\n", "\u2028"),
        *(
            "$$\n",
            "$$",
            "$x^2$",
            "\\frac{1}{2}",
            "---\n",
            "    code\n",
            "\t",
            "\x0b",
            "한국어",
            "[x]: /y\n",
            "\r",
            "~~~\n",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
def test_blocks_are_the_whole_text_cut_in_pieces(text: str) -> None:
    closed, tail = blocks(text)
    assert "".join(closed) + tail == text


@given(TEXTS, TEXTS)
def test_a_closed_block_is_never_changed_by_later_text(text: str, more: str) -> None:
    closed, _ = blocks(text)
    later, tail = blocks(text + more)
    # The last closed block of the first cut may still have ended a list or a table.
    kept = closed[:-1]
    assert [*later, tail][: len(kept)] == kept


@given(TEXTS, TEXTS)
def test_a_formula_that_later_text_closes_was_not_closed_before(
    text: str, more: str
) -> None:
    closed, _ = blocks(text)
    kept = closed[:-1]
    whole = render(text + more)
    if kept and not _LINKS.search(text + more):
        assert whole.startswith("".join(render(block) for block in kept))


_LINKS = re.compile(r"\[x\]")  # a definition further down changes what stands above it


LIVELY = (
    "ab1Ü한日 .,;:?!'\"()%/+=-_*#>|~`&<\\$[]{}@\n\t\u00a0\u2013\u201c\u3002\uff01\u0301"
)


@given(st.text(LIVELY, max_size=12))
def test_prose_is_what_the_whole_way_makes_of_it(text: str) -> None:
    whole = markdown._CLEANER.clean(markdown._MARKDOWN.render(text))
    assert render(text) == whole


def test_most_paragraphs_are_prose() -> None:
    for text in (
        "It rains.\n\n",
        "\u201cCome in,\u201d she says. (She waits.)",
        "안녕!",
        "雨です。",
    ):
        assert markdown._PROSE.fullmatch(text)
