"""Words and simple concepts: how the scripted model sees that two texts are related.

No embeddings, no statistics: a stem list, stop words, and a table of everyday topics.
"""

from __future__ import annotations

import re
from functools import lru_cache

from embedded.llm.words import word_list, word_lists

_WORD = re.compile(r"[a-z0-9/']+|[\uac00-\ud7af]{2,}|[\u3040-\u30ff\u4e00-\u9fff]{2,}")
_STOP = word_list("stop")
CONCEPTS: dict[str, frozenset[str]] = word_lists("concepts")
_WITHOUT_SPACES = {
    name: [word for word in members if not word.isascii()]
    for name, members in CONCEPTS.items()
}
_LEISURE = frozenset({"music", "film", "reading"})
_EVENING = re.compile(
    r"\b(tonight|this evening|an evening|evening off)\b", re.IGNORECASE
)


@lru_cache(maxsize=4096)  # a turn asks for the same few texts again and again
def words_of(text: str) -> frozenset[str]:
    """The words that carry meaning, lower case, plural and tense endings cut off."""
    found = set()
    for word in _WORD.findall(text.lower().replace("’", "'")):
        if word in _STOP or (len(word) < 2 and not word.isdigit()):
            continue
        found.add(_stem(word))
    return frozenset(found)


@lru_cache(maxsize=4096)
def concepts_of(text: str) -> frozenset[str]:
    """The everyday topics that the text touches."""
    low = text.lower().replace("’", "'")
    plain = set(_WORD.findall(low))
    plain |= {word.removesuffix("'s") for word in plain}
    return frozenset(
        name
        for name, members in CONCEPTS.items()
        if plain & members
        or (not low.isascii() and any(w in low for w in _WITHOUT_SPACES[name]))
    )


def evening_concepts(text: str) -> frozenset[str]:
    """What an open question about the evening is about: music, films, books."""
    return _LEISURE if _EVENING.search(text) else frozenset()


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word
