"""Letters as search compares them: one case, no accents, one width, no punctuation.

One character becomes one character, so that a place in folded text is a place in the
text. PostgreSQL folds with the same table (`finding_sql`), whatever its locale is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

CJK = (
    "\u3005\u3041-\u3096\u30a1-\u30fa\u30fc"  # 々, Hiragana, Katakana
    "\u3131-\u318e\uac00-\ud7a3"  # Hangul
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Chinese characters
)
"""Letters that are written without spaces, or with endings: found by pairs of them.

The inside of a character class, as `re` and PostgreSQL read it."""
WITH_ACCENTS = ((0xC0, 0x24F), (0x370, 0x3FF), (0x1E00, 0x1FFF))
CASED = ((0x41, 0x5A), (0x400, 0x52F), (0x531, 0x556))
OTHER_WIDTH = ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0xFF66, 0xFF9D))
PUNCTUATION = (
    *((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E), (0xA0, 0xA9)),
    *((0xAB, 0xB1), (0xB4, 0xB4), (0xB6, 0xB8), (0xBB, 0xBB), (0xBF, 0xBF)),
    *((0x2000, 0x206F), (0x3000, 0x3004), (0x3008, 0x3020), (0x30FB, 0x30FB)),
    *((0xFF01, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF40), (0xFF5B, 0xFF65)),
)
MARKS = (0x300, 0x36F)
"""Accents that stand behind their letter: they fold to nothing."""


def _folds() -> Iterator[tuple[str, str]]:
    for begin, end in WITH_ACCENTS:
        for letter in map(chr, range(begin, end + 1)):
            apart = unicodedata.normalize("NFKD", letter)
            bare = "".join(c for c in apart if not unicodedata.combining(c))
            yield letter, bare.casefold()
    for begin, end in CASED:
        yield from ((chr(c), chr(c).casefold()) for c in range(begin, end + 1))
    for begin, end in OTHER_WIDTH:
        for letter in map(chr, range(begin, end + 1)):
            yield letter, unicodedata.normalize("NFKC", letter).casefold()
    for begin, end in PUNCTUATION:
        yield from ((chr(c), " ") for c in range(begin, end + 1))


FOLDS = {letter: fold for letter, fold in _folds() if len(fold) == 1 and letter != fold}
GONE = "".join(map(chr, range(MARKS[0], MARKS[1] + 1)))
_TABLE = str.maketrans({**FOLDS, **dict.fromkeys(GONE, "")})


def folded(text: str) -> str:
    """The text as it is compared."""
    return text.translate(_TABLE)


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The same, and where each of its characters stands in `text`."""
    kept = [(FOLDS.get(c, c), place) for place, c in enumerate(text) if c not in GONE]
    return "".join(fold for fold, _ in kept), [place for _, place in kept]
