"""Vectors as bytes: what a row stores, and what an index compares.

Each vector is its numbers in 256 steps and their scale. That is a quarter of the
memory of floats and, where it is the memory that limits (100,000 rows), quicker; a
cosine moves by less than 0.002.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from embedded.maas.column import Column
from embedded.maas.embedder import Embedder, Matrix

Steps = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float32]

FORMAT = "int8"
SCALE_BYTES = 4
# This many rows as floats fit into a core's cache while all lines of a query pass.
BLOCK = 512


def stored_by(using: Embedder) -> str:
    """Who made a stored vector, and in which form it is kept."""
    return f"{using.name}/{FORMAT}"


def stored(rows: Matrix) -> list[bytes]:
    """Each row as it is kept in the database: its steps, then their scale."""
    steps, scales = quantised(rows)
    ends = scales.astype("<f4")
    return [s.tobytes() + e.tobytes() for s, e in zip(steps, ends, strict=True)]


def read(raw: bytes, count: int) -> tuple[Steps, Floats]:
    """`count` stored rows of one width, one behind the other."""
    table = np.frombuffer(raw, dtype=np.int8).reshape(count, -1)
    scales = np.ascontiguousarray(table[:, -SCALE_BYTES:]).view("<f4")[:, 0]
    return table[:, :-SCALE_BYTES], scales.astype(np.float32)


def quantised(rows: Matrix) -> tuple[Steps, Floats]:
    """Whole steps of -127..127 and the size of a step, for each row."""
    scales = np.abs(rows).max(axis=1, initial=0.0).astype(np.float32) / 127
    divisors = np.where(scales == 0, np.float32(1), scales)
    return np.rint(rows / divisors[:, None]).astype(np.int8), scales


class Vectors:
    """The vectors of an index, one for each row; all zeros where there is none."""

    def __init__(self) -> None:
        self._steps: Column[np.int8] = Column(np.int8, width=1)
        self._scales: Column[np.float32] = Column(np.float32)
        self.width = 0

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self._steps.nbytes + self._scales.nbytes

    def extend(self, steps: Steps, scales: Floats) -> None:
        """Append rows; rows of another width than the first ones count as unknown."""
        if not self.width and steps.shape[1]:
            self.width = steps.shape[1]
            before = len(self._scales)
            self._steps = Column(np.int8, width=self.width)
            self._steps.extend(np.zeros((before, self.width), dtype=np.int8))
        width = max(self.width, 1)
        if steps.shape[1] != width:
            steps = np.zeros((len(steps), width), dtype=np.int8)
            scales = np.zeros(len(steps), dtype=np.float32)
        self._steps.extend(steps)
        self._scales.extend(scales)

    def erase(self, row: int) -> None:
        """Forget one row's vector."""
        self._steps.values[row] = 0

    def rows(self, numbers: npt.NDArray[np.intp]) -> Matrix:
        """Some rows as floats."""
        found: Matrix = self._steps.values[numbers] * self._scales.values[numbers, None]
        return found

    def best_cosines(self, lines: Matrix) -> Floats:
        """For each row the best cosine with any of `lines`, which are unit vectors."""
        size = len(self._scales)
        best = np.zeros(size, dtype=np.float32)
        if not size or not len(lines) or lines.shape[1] != self.width:
            return best
        steps = self._steps.values
        block = np.empty((min(BLOCK, size), self.width), dtype=np.float32)
        for first in range(0, size, BLOCK):
            part = steps[first : first + BLOCK]
            floats = block[: len(part)]
            floats[:] = part
            found = best[first : first + BLOCK]
            np.dot(floats, lines[0], out=found)
            for line in lines[1:]:  # quicker than one product with a narrow matrix
                np.maximum(found, floats @ line, out=found)
        best *= self._scales.values
        return best
