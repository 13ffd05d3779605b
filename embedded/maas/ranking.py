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

Rows = npt.NDArray[np.intp]

# Below this an atom is not about the query: cosine 0.16 alone, or one word of ten.
FLOOR = 0.11
# What an overview ("What do you remember about me?") gives every atom.
OVERVIEW = 0.35
# Relevance 1, all that the query asks, is a score of 0.86.
STEEPNESS = 2.0
USE_BOOST = 0.15
ALL_OF_IT = 1.2  # an atom and its neighbours hold all that a query asks
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
    pairs = [(old, new) for old, new in index.replaced() if mine[old] and mine[new]]
    if query.overview:
        about, admitted = np.full(index.size, ALL_OF_IT, dtype=np.float32), mine.copy()
    else:
        judged = relevance(index, query, lines)
        about, admitted = judged.about, (judged.about >= FLOOR) & mine
    for old, new in pairs:
        admitted[new] |= admitted[old]
    # Of a large index most rows end here: what follows costs only for the others.
    rows = np.flatnonzero(admitted)
    relevant = np.zeros(index.size, dtype=np.float32)
    place = OVERVIEW if query.overview else np.maximum(judged.place(rows), 0)
    relevant[rows] = place * _boosts(index, rows, about[rows])
    _put_replaced_below(pairs, relevant, admitted)
    best = _best(rows, relevant[rows], limit + SPARE)
    return [
        Candidate(index, row, float(-np.expm1(-STEEPNESS * relevant[row])))
        for row in _distinct(index, best, limit)
    ]


def _best(rows: Rows, relevant: Floats, count: int) -> Rows:
    """The rows with the highest values, best first."""
    if count < len(rows):
        kept = np.argpartition(relevant, -count)[-count:]
        rows, relevant = rows[kept], relevant[kept]
    # Equal scores: the older row first, in every process.
    return rows[np.lexsort((rows, -relevant))]


def _distinct(index: AnchorIndex, rows: Rows, limit: int) -> Iterator[int]:
    """The first `limit` rows that do not repeat a better one."""
    said: set[str] = set()
    for row in rows.tolist():
        if len(said) == limit:
            return
        text = essence(index.content_of(row))
        if text not in said:
            said.add(text)
            yield row


def _put_replaced_below(
    pairs: list[tuple[int, int]], relevant: Floats, admitted: npt.NDArray[np.bool_]
) -> None:
    """What answers a query with an old fact answers it with its successor first."""
    for old, new in pairs:
        if admitted[old]:
            relevant[new] = max(relevant[new], relevant[old])
    for old, new in reversed(pairs):
        if admitted[new]:
            relevant[old] = min(relevant[old], REPLACED * relevant[new])


def _boosts(index: AnchorIndex, rows: Rows, about: Floats) -> Floats:
    # Each use counts less than the one before, and one "wrong" outweighs one "used".
    # What helped with one question rises where it is close to the query, and does not
    # push itself before what answers another; what was wrong sinks everywhere.
    close = np.minimum(about / ALL_OF_IT, 1.0) ** 2
    use = (1 - 0.7 ** index.helped[rows]) * close - (1 - 0.5 ** index.hurt[rows])
    age = np.maximum(time.time() - index.created[rows], 0.0) / 86_400
    recency = np.exp2(-age / RECENCY_DAYS)
    certainty = 2 * index.confidence[rows] - 1
    product = (
        (1 + USE_BOOST * use)
        * (1 + RECENCY_BOOST * recency)
        * (1 + CONFIDENCE_BOOST * certainty)
    )
    boosts: Floats = product.astype(np.float32)
    return boosts
