"""Memories that are used by leaving something alone: boundaries, and what is mastered.

"Do not ask about my father" leaves no words in the reply that heeds it. When the model
marks such a memory and nothing in the reply contradicts it, it counts as used by
restraint. A boundary is contradicted by any sentence that speaks of its subject without
saying that it will be left; a mastered concept by a sentence that explains it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from memory.recall import Remembered
from memory.words import EVERYDAY, words

_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…]*")
_FORBIDS = re.compile(
    r"\b(?:not|never|no|stop|avoid\w*|without|off)\b|n['\u2019]t\b"
    r"|않|싫|말(?:아|고|라|기)|금지|못|그만|ない|嫌|やめ|避け|不|别|別|禁|避",
    re.IGNORECASE,
)
"""Of a boundary that forbids; one that asks for something is used by doing it."""
_LEAVES = re.compile(
    r"\b(?:won['\u2019]t|will not|not|never|no need|leave|let['\u2019]s not|instead"
    r"|skip\w*|without|off (?:the table|limits)|another|else|n['\u2019]t)\b"
    r"|n['\u2019]t\b|않|안 |말고|대신|빼고|그만|없이|ません|ない|やめ|代わり|抜き|置いて"
    r"|不|别|別|换|換|跳过|跳過",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(
    r"\b(?:is|are) (?:a|an|the|when|how|what|where|called|just)\b|\b(?:means|stands for"
    r"|refers? to|consists? of|is defined|works? by|let me explain|in other words"
    r"|the (?:rule|idea|trick) is)\b|(?:이란|란|이라는 것은|뜻은|뜻하|의미하)"
    r"|(?:은|는) .*(?:입니다|이에요|예요|말해요|말합니다)|とは|というのは|意味(?:し|は)"
    r"|是指|指的是|意思是|就是说|就是說",
    re.IGNORECASE,
)
_GRAMMAR = re.compile(
    "[\u3040-\u309f]{2}|하고|하지|하는|하면|싶어|어하|않는|않다|는다|이야|야기|얘기|대해|관해"
    "|원하|말아|话题|談論|谈论|谈起|提起|想谈|不想|不要|不願|不愿|希望|任何"
)
"""Pairs of characters that any sentence about a boundary may hold."""
_LEAST_NAMED = 0.5
"""Share of a concept's words from which a sentence is about it."""


@dataclass(frozen=True)
class Restraint:
    """Whether a reply kept to a memory that asks for restraint, in a sentence."""

    kept: bool
    reason: str


def restraint(atom: Remembered, reply: str) -> Restraint | None:
    """How a marked atom of these kinds fared; None when it asks for no restraint.

    None, too, for a mastered concept that the reply names without explaining it: its
    words then decide, like those of any other memory.
    """
    found = words(atom.content, EVERYDAY)
    subject = frozenset(word for word in found if not _GRAMMAR.fullmatch(word))
    sentences = _SENTENCE.findall(reply)
    if atom.atom_type == "boundary" and _FORBIDS.search(atom.content):
        broken = any(words(s, EVERYDAY) & subject and not leaves(s) for s in sentences)
        if broken:
            return Restraint(
                False, "Cited, but the reply speaks of what it asks to leave."
            )
        return Restraint(
            True, "Cited and used by restraint: the reply leaves it alone."
        )
    if atom.atom_type == "concept_mastered":
        named = [s for s in sentences if _names(s, subject)]
        if any(_EXPLAINS.search(sentence) for sentence in named):
            return Restraint(False, "Cited, but the reply explains what is mastered.")
        if not named:
            return Restraint(
                True, "Cited and used by restraint: the reply does not teach it again."
            )
    return None


def leaves(sentence: str) -> bool:
    """Whether a sentence that names a subject says that it is left alone."""
    return _LEAVES.search(sentence) is not None


def _names(sentence: str, subject: frozenset[str]) -> bool:
    found = words(sentence, EVERYDAY) & subject
    return bool(subject) and len(found) >= _LEAST_NAMED * len(subject)
