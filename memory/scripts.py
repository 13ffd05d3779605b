"""In which script a text is written: a memory stays in the language of who said it.

Letters tell Korean, Japanese, Chinese, Russian and English apart; two languages of one
script are not told apart.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

LEAST = 4
"""Letters from which a text is in a script: fewer may be a name, or an answer."""
_KANA = frozenset({"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})


def script_of(text: str) -> str:
    """The script of most of its letters, by the name that Unicode gives it; "" of few."""
    for script, count in Counter(_scripts(text)).most_common(1):
        return script if count >= LEAST else ""
    return ""


def is_translated(content: str, quote: str) -> bool:
    """Whether nothing of the content is in the script that its quote is written in."""
    script = script_of(quote)
    return bool(script) and script not in _scripts(content)


def _scripts(text: str) -> Iterator[str]:
    """The script of each letter."""
    for letter in unicodedata.normalize("NFKC", text):
        if letter.isalpha():
            name = unicodedata.name(letter, "").partition(" ")[0]
            yield "KANA" if name in _KANA else name
