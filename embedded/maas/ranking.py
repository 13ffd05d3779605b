"""How well an atom answers a query, as one number that means the same everywhere.

Words and meaning are two shares in 0..1 that do not depend on what else is in the
answer; neither gates the other. What was learned from use, age and certainty moves
the result by a few percent, never more: it orders equals, it hides nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from embedded.maas.embedder import Matrix
from embedded.maas.index import AnchorIndex
from embedded.maas.text import Query
from embedded.maas.vectors import Floats

# Cosines of unrelated short statements lie below 0.1, of paraphrases near 0.8.
COSINE_NOTHING = 0.08
COSINE_EVERYTHING = 0.80
# Below this an atom is not about the query: cosine 0.16 alone, or one word of ten.
FLOOR = 0.11
# What an overview ("What do you remember about me?") gives every atom.
OVERVIEW_SCORE = 0.5
# What a perfect match leaves free, so that even there a boost shows: 0.79 * 1.27 = 1.
HEADROOM = 0.21
USE_BOOST = 0.15
RECENCY_BOOST = 0.05
CONFIDENCE_BOOST = 0.05
RECENCY_DAYS = 30.0


@dataclass(frozen=True)
class Candidate:
    """A row of an index with its score."""

    index: AnchorIndex
    row: int
    score: float


def rank(
    index: AnchorIndex, query: Query, lines: Matrix, *, user: str, limit: int
) -> list[Candidate]:
    """The best rows for the query, best first, none below the floor.

    `lines` are the query's lines as vectors; `user` restricts to one person's atoms.
    """
    if not index.size or not (query.overview or query.lines):
        return []
    plain = _scores(index, query, lines)
    admitted = (plain >= FLOOR) & index.mask(user)
    scores = plain * (1 - HEADROOM * plain) * _boosts(index)
    scores[~admitted] = 0.0
    count = min(limit, index.size)
    best = np.argpartition(scores, -count)[-count:] if count < index.size else None
    rows = np.arange(index.size) if best is None else best
    # Equal scores: the older row first, in every process.
    ordered = rows[np.lexsort((rows, -scores[rows]))]
    return [
        Candidate(index, int(row), float(scores[row]))
        for row in ordered
        if admitted[row]
    ]


def _scores(index: AnchorIndex, query: Query, lines: Matrix) -> Floats:
    if query.overview:
        return np.full(index.size, OVERVIEW_SCORE, dtype=np.float32)
    words = index.words(query)
    span = COSINE_EVERYTHING - COSINE_NOTHING
    meaning = np.clip((index.meaning(lines) - COSINE_NOTHING) / span, 0.0, 1.0)
    both: Floats = words + meaning - words * meaning
    return both


def _boosts(index: AnchorIndex) -> Floats:
    size = index.size
    # Each use counts less than the one before, and one "wrong" outweighs one "used".
    use = 0.5 ** index.hurt[:size] - 0.7 ** index.helped[:size]
    age = np.maximum(time.time() - index.created[:size], 0.0) / 86_400
    recency = np.exp2(-age / RECENCY_DAYS)
    certainty = 2 * index.confidence[:size] - 1
    product = (
        (1 + USE_BOOST * use)
        * (1 + RECENCY_BOOST * recency)
        * (1 + CONFIDENCE_BOOST * certainty)
    )
    boosts: Floats = product.astype(np.float32)
    return boosts
