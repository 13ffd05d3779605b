"""Letters as search compares them: one case, no accents, one width, no punctuation.

PostgreSQL folds with the same steps and tables (`finding_sql`), whatever its locale is.
"""

from __future__ import annotations

import re
import unicodedata

CJK = (
    "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc"  # 々, Hiragana, Katakana
    "\u3131-\u318e\uac00-\ud7a3"  # Hangul
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Chinese characters
)
"""Letters that are written without spaces, or with endings: found by pairs of them.

This and the next two are insides of a character class, as `re` and PostgreSQL read it."""
MARKS = "\u0300-\u036f"
"""Accents, once they stand behind their letter."""
PUNCTUATION = (
    r"!-/:-@\[-`{-~"
    "\u00a0-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf"
    "\u2000-\u206f\u3000-\u3004\u3008-\u3020\u30fb"
)
WITHOUT_ACCENTS = ((0xC0, 0x24F), (0x370, 0x52F), (0x531, 0x556))


def _lower() -> dict[str, str]:
    """Capitals that have no accent to lose, and the sigma that ends a word."""
    found = {"\u03c2": "\u03c3"}
    for begin, end in WITHOUT_ACCENTS:
        for letter in map(chr, range(begin, end + 1)):
            small = letter.lower()
            is_whole = unicodedata.normalize("NFKD", letter) == letter
            if is_whole and small != letter and len(small) == 1:
                found[letter] = small
    return found


LOWER = _lower()
_TABLE = str.maketrans(LOWER | {chr(c): chr(c + 32) for c in range(65, 91)})
_MARKS = re.compile(f"[{MARKS}]")
_PUNCTUATION = re.compile(f"[{PUNCTUATION}]")


def folded(text: str) -> str:
    """The text as it is compared."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFC", _MARKS.sub("", apart))
    return _PUNCTUATION.sub(" ", text.translate(_TABLE))


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The same letter by letter, and where each of them stands in `text`."""
    letters = [(fold, at) for at, c in enumerate(text) for fold in folded(c)]
    return "".join(fold for fold, _ in letters), [at for _, at in letters]
