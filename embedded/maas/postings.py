"""An inverted index that grows: which documents hold a term, and how often.

Sorted arrays that a binary search reads, plus an unsorted tail of what was added since,
so that adding one atom costs microseconds and no rebuild. The tail is sorted in when it
is searched and has grown beyond a sixteenth of the whole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from embedded.maas.column import Column

Terms = npt.NDArray[np.uint32]
Documents = npt.NDArray[np.int32]
Counts = npt.NDArray[np.float32]
Lengths = npt.NDArray[np.int64]

LONGEST_TAIL = 512
SHARE_OF_TAIL = 16
MOST = 255  # a count is one byte; no score tells 255 from more


class Postings:
    """Entries (term, document, count); documents are numbered from 0 by the caller."""

    def __init__(self) -> None:
        self._terms: Terms = np.empty(0, np.uint32)
        self._starts: Lengths = np.zeros(1, np.int64)
        self._documents: Documents = np.empty(0, np.int32)
        self._counts = np.empty(0, np.uint8)
        self._new_tail()

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        arrays = (self._terms, self._starts, self._documents, self._counts)
        tail = self._tail_keys.nbytes + self._tail_counts.nbytes
        return sum(a.nbytes for a in arrays) + tail

    def add(self, first: int, terms: Terms, lengths: Lengths) -> None:
        """Add documents `first`, `first + 1`, ... by their terms, repeats and all.

        `terms` are those of all documents, one behind the other.
        """
        numbers = np.arange(first, first + len(lengths), dtype=np.uint64)
        keys = terms.astype(np.uint64) << np.uint64(32) | np.repeat(numbers, lengths)
        unique, counts = np.unique(keys, return_counts=True)
        self._tail_keys.extend(unique)
        self._tail_counts.extend(np.minimum(counts, MOST))

    def find(self, term: np.uint32) -> tuple[Documents, Counts]:
        """The documents that hold `term`, and how often each does."""
        tail = len(self._tail_keys)
        if tail > max(LONGEST_TAIL, len(self._documents) // SHARE_OF_TAIL):
            self._merge()
            tail = 0
        at = int(np.searchsorted(self._terms, term))
        known = at < len(self._terms) and self._terms[at] == term
        span = slice(*self._starts[at : at + 2]) if known else slice(0)
        documents, counts = self._documents[span], self._counts[span]
        if tail:
            keys = self._tail_keys.values
            held = np.flatnonzero(keys >> np.uint64(32) == term)
            added = keys[held].astype(np.uint32).astype(np.int32)
            documents = np.concatenate((documents, added))
            counts = np.concatenate((counts, self._tail_counts.values[held]))
        return documents, counts.astype(np.float32)

    def _merge(self) -> None:
        terms = np.repeat(self._terms, np.diff(self._starts)).astype(np.uint64)
        keys = terms << np.uint64(32) | self._documents.astype(np.uint64)
        keys = np.concatenate((keys, self._tail_keys.values))
        counts = np.concatenate((self._counts, self._tail_counts.values))
        order = np.argsort(keys)  # no two are equal
        keys = keys[order]
        self._counts = counts[order]
        self._documents = keys.astype(np.uint32).astype(np.int32)
        self._terms, starts = np.unique(
            (keys >> np.uint64(32)).astype(np.uint32), return_index=True
        )
        self._starts = np.append(starts, len(keys))
        self._new_tail()

    def _new_tail(self) -> None:
        self._tail_keys: Column[np.uint64] = Column(np.uint64)
        self._tail_counts: Column[np.uint8] = Column(np.uint8)
