"""Words for comparing short texts: what two texts share, in four writing systems.

Latin-script words are folded by a small suffix cut; runs of Chinese, Japanese and
Korean characters become character bigrams. Used to see which memory a reply used and
whether two atoms state the same fact; never for search, which is the service's.
Source of the tokeniser and the suffix list: the lexical-novelty measurement on
MADial-Bench (`docs/architecture.md`, "Which memory did the reply use").
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"[a-z0-9]+(?:[./][0-9]+)*"
    r"|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|nor|without|stopped|quit|hates?|dislikes?"
    r"|avoids?|refuses?|cannot)\b"
    r"|n['\u2019]t\b|않|싫|못|없|아니|ない|ません|嫌|不|没",
    re.IGNORECASE,
)
_SUFFIXES = ("ing", "edly", "ed", "ies", "es", "s", "ly")
_STOP = frozenset(
    """
    a an the and or but if so very really just about there also as at by for from in
    into of on off out over to up with without within i me my mine we us our you your
    yours he him his she her hers it its they them their this that these those who
    whom whose which what when where why how is am are was were be been being do does
    did doing done have has had having will would can could shall should may might
    must not no nor yes oh ok okay let than then too again more most some any each
    other such only own same s t don now here user learner person say says said tell
    tells told want wants like likes love loves feel feels felt think thinks thought
    remember know knows known get gets got make makes made go goes going went thing
    things time last happy one something someone always still much many lot well
    """.split()
)


def words(text: str) -> frozenset[str]:
    """The set of content words of a text; CJK runs as character bigrams."""
    found: set[str] = set()
    for token in _TOKEN.findall(text.lower()):
        if token[0] > "\u3000":
            found.update(bigrams(token))
        elif token not in _STOP and (stem := fold(token)) not in _STOP:
            found.add(stem)
    return frozenset(found)


def fold(word: str) -> str:
    """The word without its commonest English ending, at least three letters long."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def bigrams(run: str) -> set[str]:
    """Overlapping pairs of characters; a single character stands for itself."""
    return {run} if len(run) == 1 else {run[i : i + 2] for i in range(len(run) - 1)}


def similarity(one: str, other: str) -> float:
    """Shared words over all words of both (Jaccard), 0..1."""
    left, right = words(one), words(other)
    return len(left & right) / len(left | right) if left and right else 0.0


def same_statement(one: str, other: str, *, least: float) -> bool:
    """Whether two sentences state the same: words, numbers and negation agree.

    Words decide from `least` (Jaccard) on; a different number or a "not" makes it
    another statement, however alike the rest is.
    """
    return (
        similarity(one, other) >= least
        and numbers(one) == numbers(other)
        and bool(_NEGATION.search(one)) == bool(_NEGATION.search(other))
    )


def numbers(text: str) -> frozenset[str]:
    """The words of a text that hold a digit."""
    return frozenset(
        token for token in _TOKEN.findall(text.lower()) if re.search(r"\d", token)
    )
