"""Which rows of an index are messages of one conversation, and what stands beside them.

An answer is often understood only from the question before it, so a message is also
found by its neighbours. What is a message is told by the caller: metadata with a
`session_id` and a `role` or `speaker`, as ingest writes it. Order is that of writing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int32]

NONE = -1
ENTRY_OVERHEAD = 200  # bytes of Python objects a conversation costs


class Conversations:
    """For each row its conversation, and the rows before and after it there.

    `number`, `before` and `after` hold `NONE` where there is none.
    """

    def __init__(self) -> None:
        self.size = 0
        self._numbers: dict[str, int] = {}
        self._last: list[int] = []
        self._number: Rows = np.empty(0, np.int32)
        self._before: Rows = np.empty(0, np.int32)
        self._after: Rows = np.empty(0, np.int32)

    @property
    def number(self) -> Rows:
        """The conversation of each row, counted from 0."""
        return self._number[: self.size]

    @property
    def before(self) -> Rows:
        """The row that was written before each row, in its conversation."""
        return self._before[: self.size]

    @property
    def after(self) -> Rows:
        """The row that was written after each row, in its conversation."""
        return self._after[: self.size]

    def around(self) -> tuple[Rows, Rows, Rows, Rows]:
        """Whose neighbour each row is: of the row after it as the one before, of the
        row before it, and of the rows two after and two before."""
        before, after = self.before, self.after
        none = np.int32(NONE)
        two_after = np.append(after, none)[after]
        return after, before, two_after, np.append(before, none)[before]

    @property
    def count(self) -> int:
        """How many conversations there are."""
        return len(self._last)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes, nearly."""
        arrays = 3 * self._number.nbytes
        return arrays + ENTRY_OVERHEAD * self.count

    def extend(self, sessions: Sequence[str]) -> None:
        """Add rows, in the order of writing; an empty session is no conversation."""
        first, self.size = self.size, self.size + len(sessions)
        self._reserve(self.size)
        for row, session in enumerate(sessions, start=first):
            if not session:
                continue
            number = self._numbers.setdefault(session, len(self._last))
            if number == len(self._last):
                self._last.append(NONE)
            previous = self._last[number]
            self._number[row], self._before[row] = number, previous
            if previous != NONE:
                self._after[previous] = row
            self._last[number] = row

    def _reserve(self, size: int) -> None:
        have = len(self._number)
        if size <= have:
            return
        more = np.full(max(size - have, have // 8), NONE, np.int32)
        self._number = np.concatenate((self._number, more))
        self._before = np.concatenate((self._before, more))
        self._after = np.concatenate((self._after, more))
