"""From text to what is compared: search terms for the words, a plain line for the
meaning, and whether a query asks about anything at all.

The tokeniser is the one the published BM25 figures were measured with (lower case,
`[a-z0-9]+`, stop list, light suffix cutting), plus character pairs for scripts that
are written without spaces or with endings, where whole words would rarely meet.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.vocabulary import (
    CJK_SUBJECTS,
    FUNCTION_WORDS,
    KANA_PAIRS,
    OVERVIEW_WORDS,
    SMALL_TALK,
    SUBJECTS,
)

CJK = "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
TOKEN = re.compile(rf"[{CJK}]+|/?[^\W_{CJK}]+(?:'[^\W\d_{CJK}]+)?")
IS_CJK = re.compile(f"[{CJK}]+")
SUFFIXES = ("ing", "edly", "ed", "ies", "es", "s", "ly")
SENTENCE_END = re.compile(r"(?<=[.!?。！？\n])\s*")
MAX_SENTENCES = 8
IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
SPOKEN_OF = re.compile("|".join(CJK_SUBJECTS))


@dataclass(frozen=True)
class Query:
    """What a query asks: its search terms, and the lines to compare by meaning.

    Both are empty for greetings and filler. `overview` is set when it asks for the
    memory as a whole ("What do you remember about me?").
    """

    terms: npt.NDArray[np.uint32]
    lines: list[str]
    overview: bool


def read_query(text: str) -> Query:
    """Take a query apart; a long message is also compared sentence by sentence."""
    tokens = tokens_of(text)
    subject = [t for t in tokens if t not in SMALL_TALK and t not in OVERVIEW_WORDS]
    if not subject:
        overview = any(t in OVERVIEW_WORDS for t in words_of(text))
        return Query(term_ids([]), [], overview)
    tokens = [t for t in tokens if t not in SMALL_TALK]
    sentences = [s for s in SENTENCE_END.split(text) if s.strip()]
    lines = [_line(tokens)]
    if len(sentences) > 1:
        for sentence in sentences[-MAX_SENTENCES:]:
            words = [t for t in tokens_of(sentence) if t not in SMALL_TALK]
            if len(words) > 1:
                lines.append(_line(words))
    return Query(np.unique(term_ids(terms_of(tokens))), lines, overview=False)


def meaning_line(text: str) -> str:
    """What of a stored statement is embedded: its words that carry a subject."""
    return " ".join(tokens_of(text)) or text.strip()


def tokens_of(text: str) -> list[str]:
    """The words of `text` in order, lower case, without function words."""
    return [w for w in words_of(text) if w not in FUNCTION_WORDS]


def words_of(text: str) -> list[str]:
    """All words of `text` in order, lower case."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    if not plain.isascii():
        plain = SPOKEN_OF.sub(" ", plain)
    return [w.removesuffix("'s") for w in TOKEN.findall(plain)]


def terms_of(tokens: list[str]) -> list[str]:
    """Search terms of words: stems, and character pairs for Korean, Japanese, Chinese."""
    terms: list[str] = []
    for token in tokens:
        if IS_CJK.match(token):
            terms += _pairs(token)
        else:
            terms.append(_stem(token.lstrip("/")))
    return terms


def term_ids(terms: list[str]) -> npt.NDArray[np.uint32]:
    """Terms as 32-bit numbers that are the same in every process and for ever."""
    return np.array([zlib.crc32(t.encode()) for t in terms], dtype=np.uint32)


def _line(tokens: list[str]) -> str:
    """The words, with the subject of verbs that leave it unsaid ("listen": music)."""
    extra = [SUBJECTS[t] for t in tokens if t in SUBJECTS]
    return " ".join(dict.fromkeys([*tokens, *extra]))


def _pairs(run: str) -> list[str]:
    """Pairs of neighbours, and each ideograph by itself: it is a word of its own."""
    if len(run) == 1:
        return [run]
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    return [p for p in pairs if p not in KANA_PAIRS] + IDEOGRAPH.findall(run)


def _stem(word: str) -> str:
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
