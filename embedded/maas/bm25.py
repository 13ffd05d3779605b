"""How well words match: BM25 of atoms, and of the conversations that they belong to.

The formula is that of Robertson and Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond" (2009), with what stands around a message as fields of less weight
(its BM25F): a term counts once, here or beside it, and not again with each neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedded.maas.conversations import Rows
from embedded.maas.index import AnchorIndex
from embedded.maas.text import Query
from embedded.maas.vectors import Floats

# Atoms are short: a second mention says little more.
K1 = 0.8
# How much a longer text must hold more: a question of few words means them all, while
# of a whole dialogue's words a long text has many by chance.
B_SHORT = 0.0
B_LONG = 0.75
SHORT_QUERY, LONG_QUERY = 8, 40
# What a term counts for when a neighbour has it: the message before, the one behind,
# and those two away.
AROUND = (0.5, 0.3, 0.3, 0.2)
CONVERSATION_K1 = 1.2
CONVERSATION_B = 0.75
# Rarity is judged as if this many atoms about other things were there too: in an
# anchor of three atoms a word that one of them holds is still a rare word.
PRIOR_DOCUMENTS = 50
# A query's strongest terms make up the whole: long messages are not diluted.
STRONGEST = 8
# Of these an atom must have some to be about the query at all.
SUBJECTS = 4
# One shared word alone is no certainty.
ONE_WORD = 1.5


@dataclass(frozen=True)
class Words:
    """Shares of a query's worth: of each row, and of each conversation as a whole.

    `subjects` times a share is the share of the query's few strongest terms alone.
    """

    rows: Floats
    conversations: Floats
    subjects: float = 1.0


def match(index: AnchorIndex, query: Query) -> Words:
    """Compare a query's terms with all rows; about 1 when a row holds them once each."""
    size, together = index.size, index.conversations.count
    rows = np.zeros(size, dtype=np.float32)
    conversations = np.zeros(together, dtype=np.float32)
    if not len(query.terms) or not size:
        return Words(rows, conversations)
    alive = index.alive
    count, average = index.once(_living)
    b = _b(len(query.terms))
    norm = K1 * (1 - b + b * index.lengths / average)
    number = index.conversations.number
    around = index.once(_around) if together else ()
    long = index.once(_conversation_norm) if together else rows
    worth = []
    for term, weight in zip(query.terms, query.weights, strict=True):
        documents, counts = index.postings.find(term)
        kept = alive[documents]
        documents, counts = documents[kept], counts[kept]
        rarity = weight * _rarity(count + PRIOR_DOCUMENTS, len(documents))
        worth.append(rarity)
        if not len(documents):
            continue
        # Each document once: postings are grouped, so plain += is right.
        if not together:
            gain = counts * (K1 + 1) / (counts + norm[documents])
            rows[documents] += rarity * gain
            continue
        times = np.zeros(size + 1, dtype=np.float32)  # the last takes "no neighbour"
        times[documents] = counts
        for neighbours, share in zip(around, AROUND, strict=True):
            times[neighbours[documents]] += share * counts
        times = times[:-1]
        rows += rarity * times * (K1 + 1) / (times + norm)
        said = number[documents]
        spoken = said >= 0
        often = np.bincount(said[spoken], counts[spoken], minlength=together)
        rarity = weight * _rarity(together, int(np.count_nonzero(often)))
        conversations += (
            rarity * often * (CONVERSATION_K1 + 1) / (often + long)
        ).astype(np.float32)
    worth.sort(reverse=True)
    whole = max(sum(worth[:STRONGEST]), ONE_WORD * worth[0])
    subjects = max(sum(worth[:SUBJECTS]), ONE_WORD * worth[0])
    rows[~alive] = 0
    return Words(rows / whole, conversations / whole, whole / subjects)


def _rarity(total: int, held: int) -> float:
    return float(np.log1p((total - held + 0.5) / (held + 0.5)))


def _b(terms: int) -> float:
    span = LONG_QUERY - SHORT_QUERY
    share = min(max((terms - SHORT_QUERY) / span, 0.0), 1.0)
    return B_SHORT + (B_LONG - B_SHORT) * share


def _living(index: AnchorIndex) -> tuple[int, float]:
    """How many rows are not deleted, and their average length."""
    count = int(np.count_nonzero(index.alive))
    average = float(index.lengths[index.alive].mean()) if count else 1.0
    return count, max(average, 1.0)


def _around(index: AnchorIndex) -> tuple[Rows, Rows, Rows, Rows]:
    return index.conversations.around()


def _conversation_norm(index: AnchorIndex) -> Floats:
    number = index.conversations.number
    spoken = number >= 0
    lengths = np.bincount(
        number[spoken],
        index.lengths[spoken],
        minlength=index.conversations.count,
    ).astype(np.float32)
    held = lengths[lengths > 0]
    average = max(float(held.mean()), 1.0) if len(held) else 1.0
    norm: Floats = CONVERSATION_K1 * (
        1 - CONVERSATION_B + CONVERSATION_B * lengths / average
    )
    return norm
