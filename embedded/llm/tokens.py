"""How the scripted model counts and cuts text: about four characters to a token."""

from __future__ import annotations

import re

CHARACTERS_PER_TOKEN = 4
_PIECE = re.compile(r"\s*[^\s\u3000-\u9fff\uac00-\ud7af]{1,7}|\s*.{1,2}|\s+", re.DOTALL)


def count_tokens(text: str) -> int:
    """Plausible number of tokens in `text`: its length over four, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def pieces(text: str) -> list[str]:
    """Cut `text` into what a stream sends one by one: a few letters up to a word.

    Joined together they are the text again. Korean and Japanese come in pairs of
    characters, as models send them.
    """
    return _PIECE.findall(text)


def first_tokens(text: str, limit: int | None) -> tuple[str, bool]:
    """The beginning of `text` that fits in `limit` tokens, and whether that cut it."""
    if limit is None or count_tokens(text) <= limit:
        return text, False
    return text[: limit * CHARACTERS_PER_TOKEN], True
