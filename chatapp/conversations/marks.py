"""Small marks between the words of a reply, which change none of its words.

A mark stands at an offset of the raw text, and that text is Markdown: whether the place
is between two words or inside a link's address only the parser knows. So each mark
travels through it as one character that the text does not have, and the result counts
only if, without the marks, it is the HTML of the plain text to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.markdown import render

PRIVATE = [chr(code) for code in range(0xE000, 0xE040)]
"""Letters to the parser, as far as emphasis goes."""
POINTS = ["\u2e31", "\u2e33", "\u2e30", "\u2e34", "\u2e35"]
"""Punctuation to it: the end of `_emphasis_` is one only before such."""
BLOCK_END = re.compile(r"\n[ \t]*\n|\Z")


@dataclass(frozen=True)
class Mark:
    """Something to show at an offset of the text; its HTML is ours, and trusted."""

    offset: int
    html: SafeString


def render_with(text: str, marks: Sequence[Mark]) -> SafeString:
    """The text as safe HTML with these marks in it.

    A mark that has no place between words stands at the end of its paragraph, and one
    that has none there either is left out.
    """
    plain = render(text)
    if not marks:
        return plain
    ordered = sorted(marks, key=lambda mark: mark.offset)
    whole = _try(text, plain, ordered)
    if whole is not None:
        return whole
    placed: list[Mark] = []
    best = plain
    for mark in ordered:
        end = BLOCK_END.search(text, min(mark.offset, len(text)))
        later = Mark(end.start() if end else len(text), mark.html)
        for candidate in (mark, later):
            more = sorted([*placed, candidate], key=lambda each: each.offset)
            html = _try(text, plain, more)
            if html is not None:
                placed, best = more, html
                break
    return best


def _try(text: str, plain: str, marks: Sequence[Mark]) -> SafeString | None:
    for alphabet in (PRIVATE, POINTS):
        sign = next((sign for sign in alphabet if sign not in text), "")
        if sign and (html := _placed(text, plain, marks, sign)) is not None:
            return html
    return None


def _placed(
    text: str, plain: str, marks: Sequence[Mark], sign: str
) -> SafeString | None:
    """The HTML with the marks where `sign` came out; None if it changed anything."""
    pieces, end = [], 0
    for mark in marks:
        at = min(max(mark.offset, end), len(text))
        pieces += [text[end:at], sign]
        end = at
    html = render("".join([*pieces, text[end:]]))
    parts = html.split(sign)
    if len(parts) != len(marks) + 1 or "".join(parts) != plain or _in_a_tag(parts):
        return None
    shown = parts[0]
    for mark, part in zip(marks, parts[1:], strict=True):
        shown += mark.html + part
    return mark_safe(shown)


def _in_a_tag(parts: Sequence[str]) -> bool:
    """Whether one of the cuts is inside a tag."""
    return any(part.rfind("<") > part.rfind(">") for part in parts[:-1])
