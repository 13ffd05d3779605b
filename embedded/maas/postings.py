"""An inverted index that grows: which documents hold a term, and how often.

Sorted arrays that a binary search reads, plus a short unsorted tail of what was added
since, so that adding one atom costs microseconds and no rebuild.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Terms = npt.NDArray[np.uint32]
Documents = npt.NDArray[np.int32]
Counts = npt.NDArray[np.float32]

LONGEST_TAIL = 8_192


class Postings:
    """Entries (term, document, count); documents are numbered from 0 by the caller."""

    def __init__(self) -> None:
        self._sorted = _empty()
        self._tail = _empty()

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return sum(a.nbytes for a in (*self._sorted, *self._tail))

    def add(self, first: int, documents: list[Terms]) -> None:
        """Add documents `first`, `first + 1`, ... by their terms, repeats and all."""
        lengths = [len(d) for d in documents]
        if not sum(lengths):
            return
        terms = np.concatenate(documents)
        numbers = np.repeat(
            np.arange(first, first + len(documents), dtype=np.int32), lengths
        )
        keys = terms.astype(np.uint64) << np.uint64(32) | numbers.astype(np.uint64)
        unique, counts = np.unique(keys, return_counts=True)
        added = (
            (unique >> np.uint64(32)).astype(np.uint32),
            (unique & np.uint64(0xFFFFFFFF)).astype(np.int32),
            counts.astype(np.float32),
        )
        self._tail = _joined(self._tail, added)
        if len(self._tail[0]) > LONGEST_TAIL:
            self._merge()

    def find(self, term: np.uint32) -> tuple[Documents, Counts]:
        """The documents that hold `term`, and how often each does."""
        terms, documents, counts = self._sorted
        left = np.searchsorted(terms, term, side="left")
        right = np.searchsorted(terms, term, side="right")
        tail_terms, tail_documents, tail_counts = self._tail
        if not len(tail_terms):
            return documents[left:right], counts[left:right]
        held = tail_terms == term
        return (
            np.concatenate((documents[left:right], tail_documents[held])),
            np.concatenate((counts[left:right], tail_counts[held])),
        )

    def _merge(self) -> None:
        terms, documents, counts = _joined(self._sorted, self._tail)
        order = np.argsort(terms, kind="stable")
        self._sorted = (terms[order], documents[order], counts[order])
        self._tail = _empty()


def _empty() -> tuple[Terms, Documents, Counts]:
    return (np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.float32))


def _joined(
    a: tuple[Terms, Documents, Counts], b: tuple[Terms, Documents, Counts]
) -> tuple[Terms, Documents, Counts]:
    return (
        np.concatenate((a[0], b[0])),
        np.concatenate((a[1], b[1])),
        np.concatenate((a[2], b[2])),
    )
