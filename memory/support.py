"""How much a reply says of a memory: counted evidence, and one chance made of it.

For reply R, earlier dialogue C and memory M as sets of words (`memory.words`), idf over
the memories in the prompt, scaled so that a word of one memory alone weighs 1:

- share   = sum idf(w), w in (R-C)&(M-C)  /  sum idf(w), w in M-C   (lexical novelty)
- mass    = sum idf(w), w in (R-C)&(M-C): a long memory is not drowned in its length
- claimed = the same over P&M, P being the passage that says it remembers (`claims`)
- topic   = share of M in P and the message it answers, 0 without such a passage
- likeness = cosine of reply and memory, where the caller has vectors that know the
  language

The weights are a logistic regression's, fitted on MADial-Bench (docs/attribution.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from memory.claims import passage
from memory.words import EVERYDAY, in_pairs, weight, words


class Likeness(Protocol):
    """Compares texts by meaning; the caller's, since this package has no vectors."""

    def knows(self, text: str) -> float:
        """How much of the text is in a language it knows, 0 to 1."""

    def between(self, text: str, others: Sequence[str]) -> Sequence[float]:
        """Cosine of the text with each of the others, -1 to 1."""


@dataclass(frozen=True)
class Weights:
    """One set of weights; `least` is the chance from which an atom counts as used.

    An atom whose chance is below `share_of_best` of the best one's does not count: one
    reply seldom uses two memories that say nearly the same.
    """

    bias: float
    share: float
    mass: float
    claimed: float
    topic: float
    likeness: float
    least: float
    share_of_best: float


SPACED = Weights(-5.23, 3.46, 2.78, 1.0, 3.33, 0.0, 0.11, 0.9)
"""Scripts with spaces, without vectors that know the language."""
SPACED_ALIKE = Weights(-6.07, 1.99, 2.14, 0.71, 2.29, 5.77, 0.19, 0.9)
"""The same with such vectors."""
UNSPACED = Weights(-5.45, 1.16, 2.69, 1.73, 8.04, 0.0, 0.09, 0.9)
"""Chinese, Japanese, Korean: pairs of characters. Fitted on Chinese alone."""
LEAST_WORDS = 2.0
LONG = 3.0
"""Words from which a memory is so long that one of them may do, with other evidence."""
KNOWN = 0.6
"""Share of reply and of memory that the vectors must know, to be asked at all."""


@dataclass(frozen=True)
class Support:
    """The evidence for one memory; see the module. `likeness` None: not compared.

    `words` is on how many words of the reply it rests, of `length` that the memory has;
    a pair of characters is half a word. `paired`: its script is read as pairs.
    """

    share: float
    mass: float
    claimed: float
    topic: float
    likeness: float | None
    words: float
    length: float
    paired: bool

    @property
    def weights(self) -> Weights:
        """The weights for this script and what could be compared."""
        if self.paired:
            return UNSPACED
        return SPACED if self.likeness is None else SPACED_ALIKE

    @property
    def chance(self) -> float:
        """The chance that the reply used this memory, 0 to 1.

        None at all without a word of it, or with one of a short memory: any reply may
        say "tea".
        """
        return self.chance_by(self.weights)

    def chance_by(self, by: Weights) -> float:
        """The same under other weights."""
        if not self.words or (self.words < LEAST_WORDS and self.length < LONG):
            return 0.0
        total = (
            by.bias
            + by.share * self.share
            + by.mass * math.log1p(self.mass)
            + by.claimed * math.log1p(self.claimed)
            + by.topic * self.topic
            + by.likeness * (self.likeness or 0.0)
        )
        return 1 / (1 + math.exp(-total))


def measure(
    reply: str,
    memories: Sequence[str],
    earlier: Sequence[str],
    likeness: Likeness | None = None,
) -> list[Support]:
    """The evidence for each of these memories; `earlier` ends with what was asked."""
    said = words("\n".join(earlier), EVERYDAY)
    fresh = words(reply, EVERYDAY) - said
    claimed = words(passage(reply), EVERYDAY)
    around = claimed | words(earlier[-1], EVERYDAY) if claimed and earlier else claimed
    texts = [words(memory, EVERYDAY) for memory in memories]
    rarity = _Rarity(texts)
    shared = [sum(map(weight, text & (fresh | claimed))) for text in texts]
    # Without a shared word nothing counts: those are not worth a comparison.
    worth = [memory for memory, found in zip(memories, shared, strict=True) if found]
    alike = compare(reply, worth, likeness)
    return [
        Support(
            share=rarity.share(text - said, fresh),
            mass=rarity.sum(text & fresh),
            claimed=rarity.sum(text & claimed),
            topic=rarity.share(text, around),
            likeness=alike.get(memory),
            words=found,
            length=sum(map(weight, text)),
            paired=in_pairs(memory),
        )
        for text, memory, found in zip(texts, memories, shared, strict=True)
    ]


def counting(supports: Sequence[Support]) -> list[bool]:
    """Which of these memories the reply used, as far as its words show."""
    best = max((support.chance for support in supports), default=0.0)
    return [
        support.chance
        >= max(support.weights.least, support.weights.share_of_best * best)
        for support in supports
    ]


def compare(
    reply: str, memories: Sequence[str], likeness: Likeness | None
) -> dict[str, float]:
    """The likeness of the reply and each memory of which the vectors know enough."""
    if likeness is None or likeness.knows(reply) < KNOWN:
        return {}
    known = [memory for memory in memories if likeness.knows(memory) >= KNOWN]
    if not known:
        return {}
    return dict(zip(known, likeness.between(reply, known), strict=True))


class _Rarity:
    """How telling a word is: 1 when one memory alone holds it, less when several do."""

    def __init__(self, texts: Sequence[Collection[str]]) -> None:
        self._spread = Counter(word for text in texts for word in text)
        self._total = len(texts)
        self._most = self._idf(1)
        self._known: dict[int, float] = {}

    def _idf(self, seen: int) -> float:
        return math.log(1 + (self._total - seen + 0.5) / (seen + 0.5))

    def sum(self, found: Collection[str]) -> float:
        return sum(weight(word) * self._rarity(self._spread[word]) for word in found)

    def _rarity(self, seen: int) -> float:
        if seen not in self._known:
            self._known[seen] = self._idf(seen) / self._most
        return self._known[seen]

    def share(self, text: frozenset[str], among: frozenset[str]) -> float:
        whole = self.sum(text)
        return self.sum(text & among) / whole if whole else 0.0
