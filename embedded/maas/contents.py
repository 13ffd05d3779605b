"""The texts of an index in one piece of memory: an object for each would take twice it."""

from __future__ import annotations

import numpy as np

from embedded.maas.column import Column


class Contents:
    """Texts by row, appended to and erased, never moved."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends: Column[np.int64] = Column(np.int64)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return len(self._text) + self._ends.nbytes

    def extend(
        self, raw: bytes, lengths: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> None:
        """Append texts in UTF-8, one behind the other, by their lengths in bytes."""
        self._ends.extend(len(self._text) + np.cumsum(lengths))
        self._text += raw

    def at(self, row: int) -> str:
        """One row's text."""
        first, last = self._span(row)
        return self._text[first:last].decode()

    def erase(self, row: int) -> None:
        """Overwrite one row's text."""
        first, last = self._span(row)
        self._text[first:last] = b" " * (last - first)

    def _span(self, row: int) -> tuple[int, int]:
        ends = self._ends.values
        return (int(ends[row - 1]) if row else 0), int(ends[row])
