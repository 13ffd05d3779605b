"""From text to what is compared: search terms for the words, a plain line for the
meaning, and whether a query asks about anything at all.

Terms are stems of words (`stems`), plus character pairs for scripts that are written
without spaces or with endings, where whole words would rarely meet. A stored statement
also carries marks: who says it, that it names a time, that it is a question.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.moments import asks_when, date_words, says_when, with_may
from embedded.maas.stems import stem
from embedded.maas.vocabulary import (
    CJK_SUBJECTS,
    FUNCTION_WORDS,
    GREETINGS,
    KANA_PAIRS,
    LIGHT_WORDS,
    OVERVIEW_WORDS,
    SMALL_TALK,
    SUBJECTS,
)

Terms = npt.NDArray[np.uint32]

CJK = "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
TOKEN = re.compile(rf"[{CJK}]+|/?[^\W_{CJK}]+(?:'[^\W\d_{CJK}]+)?")
IS_CJK = re.compile(f"[{CJK}]+")
SENTENCE_END = re.compile(r"(?<=[.!?。！？\n])\s*")
MAX_SENTENCES = 8
IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
GREETING = re.compile("|".join(GREETINGS))
SPOKEN_OF = re.compile("|".join(CJK_SUBJECTS))
# What a light word counts beside one that carries a subject.
LIGHT = 0.4
# Begin with what no token has, so that no word is taken for a mark.
NAMES_A_TIME = "#time"
IS_A_QUESTION = "#question"
SAID_BY = "#by:"


@dataclass(frozen=True)
class Query:
    """What a query asks: its search terms, and the lines to compare by meaning.

    Both are empty for greetings and filler. `weights` are those of the terms;
    `speakers` are marks of those who may be named, should they have said anything.
    `overview` is set when the memory as a whole is asked for ("What do you remember
    about me?"), `when` when a time is.
    """

    terms: Terms
    weights: npt.NDArray[np.float32]
    speakers: Terms
    lines: list[str]
    overview: bool
    when: bool


def read_query(text: str) -> Query:
    """Take a query apart; a long message is also compared sentence by sentence."""
    text = GREETING.sub(" ", text)
    tokens = tokens_of(text)
    subject = [t for t in tokens if t not in SMALL_TALK and t not in OVERVIEW_WORDS]
    nothing = np.zeros(0, dtype=np.float32)
    if not subject:
        overview = any(t in OVERVIEW_WORDS for t in words_of(text))
        empty = term_ids([])
        return Query(empty, nothing, empty, [], overview=overview, when=False)
    tokens = [t for t in tokens if t not in SMALL_TALK]
    sentences = [s for s in SENTENCE_END.split(text) if s.strip()]
    lines = [_line(tokens)]
    if len(sentences) > 1:
        for sentence in sentences[-MAX_SENTENCES:]:
            words = [t for t in tokens_of(sentence) if t not in SMALL_TALK]
            if len(words) > 1:
                lines.append(_line(words))
    weights = dict.fromkeys(
        terms_of([w for w in words_of(text) if _is_light(w)]), LIGHT
    )
    weights |= dict.fromkeys(terms_of(tokens), 1.0)
    return Query(
        terms=term_ids(list(weights)),
        weights=np.array(list(weights.values()), dtype=np.float32),
        speakers=np.unique(term_ids([m for t in tokens for m in _names(t)])),
        lines=lines,
        overview=False,
        when=asks_when(_plain(text)),
    )


def stored_terms(content: str, metadata: Mapping[str, object]) -> Terms:
    """The search terms of a statement in order, repeats and marks included.

    `speaker` and `occurred_at` (an ISO 8601 date) of its metadata count as said in it.
    """
    words = [w for w in words_of(content) if w not in FUNCTION_WORDS]
    speaker = words_of(str(metadata.get("speaker") or ""))
    words += [w for w in speaker if w not in words]
    words += [
        w for w in date_words(str(metadata.get("occurred_at") or "")) if w not in words
    ]
    marks = [SAID_BY + word for word in speaker]
    if says_when(_plain(content)):
        marks.append(NAMES_A_TIME)
    if content.rstrip().endswith(("?", "\uff1f")):
        marks.append(IS_A_QUESTION)
    return term_ids(terms_of(words) + marks)


def meaning_line(text: str) -> str:
    """What of a stored statement is embedded: its words that carry a subject."""
    return " ".join(tokens_of(text)) or text.strip()


def tokens_of(text: str) -> list[str]:
    """The words of `text` in order, lower case, that carry a subject."""
    return [
        w for w in words_of(text) if w not in FUNCTION_WORDS and w not in LIGHT_WORDS
    ]


def words_of(text: str) -> list[str]:
    """All words of `text` in order, lower case."""
    plain = with_may(_plain(text).replace("\u2019", "'"))
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
            terms.append(stem(token.lstrip("/")))
    return terms


def term_ids(terms: list[str]) -> Terms:
    """Terms as 32-bit numbers that are the same in every process and for ever."""
    return np.array([zlib.crc32(t.encode()) for t in terms], dtype="<u4")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _is_light(word: str) -> bool:
    return word in LIGHT_WORDS and word not in SMALL_TALK


def _names(token: str) -> list[str]:
    """The marks of a speaker whom a word may name; in Korean and Japanese an ending
    may follow the name."""
    if IS_CJK.match(token):
        return [SAID_BY + token[:end] for end in range(2, len(token) + 1)][:4]
    return [SAID_BY + token]


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
