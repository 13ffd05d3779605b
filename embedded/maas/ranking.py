"""Which atoms a query recalls and in which order, as scores that mean the same in
every answer.

Relevance decides. What was learned from use, age and certainty moves it by a few
percent each, never more: it orders equals and hides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.embedder import Matrix
from embedded.maas.index import AnchorIndex
from embedded.maas.relevance import relevance
from embedded.maas.repeats import essence
from embedded.maas.text import Query
from embedded.maas.vectors import Floats

# Below this an atom is not about the query: cosine 0.16 alone, or one word of ten.
FLOOR = 0.11
# What an overview ("What do you remember about me?") gives every atom.
OVERVIEW = 0.35
# Relevance 1, all that the query asks, is a score of 0.86.
STEEPNESS = 2.0
USE_BOOST = 0.15
RECENCY_BOOST = 0.05
CONFIDENCE_BOOST = 0.05
RECENCY_DAYS = 30.0
# What is no longer true has at most this much of the relevance of what is.
REPLACED = 0.9
# Duplicates are looked for among this many more than were asked for.
SPARE = 8


@dataclass(frozen=True)
class Candidate:
    """A row of an index with its score."""

    index: AnchorIndex
    row: int
    score: float


def rank(
    index: AnchorIndex, query: Query, lines: Matrix, *, user: str, limit: int
) -> list[Candidate]:
    """The best rows for the query, best first, none below the floor, none twice.

    `lines` are the query's lines as vectors; `user` restricts to one person's atoms.
    """
    if not index.size or not (query.overview or query.lines):
        return []
    mine = index.mask(user)
    if query.overview:
        relevant = np.full(index.size, OVERVIEW, dtype=np.float32)
        admitted = mine.copy()
    else:
        about, relevant = relevance(index, query, lines)
        admitted = (about >= FLOOR) & mine
    relevant = np.maximum(relevant, 0) * _boosts(index)
    _put_replaced_below(index, relevant, admitted, mine)
    relevant[~admitted] = 0.0
    found = []
    for row in _distinct(index, _best(relevant, limit + SPARE), admitted, limit):
        score = float(-np.expm1(-STEEPNESS * relevant[row]))
        found.append(Candidate(index, row, score))
    return found


def _best(relevant: Floats, count: int) -> npt.NDArray[np.intp]:
    """The rows with the highest values, best first."""
    size = len(relevant)
    rows = np.arange(size)
    if count < size:
        rows = np.argpartition(relevant, -count)[-count:]
    # Equal scores: the older row first, in every process.
    return rows[np.lexsort((rows, -relevant[rows]))]


def _distinct(
    index: AnchorIndex,
    rows: npt.NDArray[np.intp],
    admitted: npt.NDArray[np.bool_],
    limit: int,
) -> Iterator[int]:
    """The first `limit` rows that do not repeat a better one."""
    said: set[str] = set()
    for row in rows.tolist():
        if not admitted[row] or len(said) == limit:
            return
        text = essence(index.content_of(row))
        if text not in said:
            said.add(text)
            yield row


def _put_replaced_below(
    index: AnchorIndex,
    relevant: Floats,
    admitted: npt.NDArray[np.bool_],
    mine: npt.NDArray[np.bool_],
) -> None:
    """What answers a query with an old fact answers it with its successor first."""
    pairs = [(old, new) for old, new in index.replaced() if mine[old] and mine[new]]
    for old, new in pairs:
        if admitted[old]:
            admitted[new] = True
            relevant[new] = max(relevant[new], relevant[old])
    for old, new in reversed(pairs):
        if admitted[new]:
            relevant[old] = min(relevant[old], REPLACED * relevant[new])


def _boosts(index: AnchorIndex) -> Floats:
    # Each use counts less than the one before, and one "wrong" outweighs one "used".
    use = 0.5**index.hurt - 0.7**index.helped
    age = np.maximum(time.time() - index.created, 0.0) / 86_400
    recency = np.exp2(-age / RECENCY_DAYS)
    certainty = 2 * index.confidence - 1
    product = (
        (1 + USE_BOOST * use)
        * (1 + RECENCY_BOOST * recency)
        * (1 + CONFIDENCE_BOOST * certainty)
    )
    boosts: Floats = product.astype(np.float32)
    return boosts
