"""In which language a text is, as far as its letters tell it.

For the `lang` of what people and characters say: their language need not be the page's.
Screen readers choose a voice by it, browsers the shapes of Chinese characters.
"""

from __future__ import annotations

import re

HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
LATIN = re.compile(r"[A-Za-z]{2,}")
ENOUGH = 2_000
"""Letters that are looked at: a language does not change late in a message."""


def written_in(text: str) -> str:
    """`ko`, `ja`, `en`, or "" when the letters tell nothing; kana outweighs hangul."""
    start = text[:ENOUGH]
    hangul, kana = len(HANGUL.findall(start)), len(KANA.findall(start))
    if hangul or kana:
        return "ko" if hangul > kana else "ja"
    return "en" if LATIN.search(start) else ""
