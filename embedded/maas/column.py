"""An array that rows are appended to: the memory layout of an index.

Views stay valid while it grows, since growing makes a new array.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.generic)


class Column(Generic[Number]):
    """One value, or one row of `width` values, for each row of an index."""

    def __init__(self, kind: type[Number], width: int = 0) -> None:
        self._shape = (width,) if width else ()
        self._array: npt.NDArray[Number] = np.zeros((0, *self._shape), dtype=kind)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> npt.NDArray[Number]:
        """All rows, as a view that may be written to."""
        return self._array[: self._size]

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self._array.nbytes

    def extend(self, added: npt.NDArray[Any] | list[Any]) -> None:
        """Append rows."""
        size = self._size + len(added)
        if size > len(self._array):
            # An eighth more than needed: growing stays rare and the waste bounded.
            room = size if not self._size else max(size + size // 8, size + 16)
            grown = np.zeros((room, *self._shape), dtype=self._array.dtype)
            grown[: self._size] = self.values
            self._array = grown
        self._array[self._size : size] = added
        self._size = size
