"""Which rows of an index are messages of one conversation, and what stands beside them.

An answer is often understood only from the question before it, so a message is also
found by its neighbours. What is a message is told by the caller: metadata with a
`session_id` and a `role` or `speaker`, as ingest writes it. Order is that of writing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embedded.maas.column import Column

Rows = npt.NDArray[np.int32]

NONE = -1
ENTRY_OVERHEAD = 200  # bytes of Python objects a conversation costs


class Conversations:
    """For each row its conversation, and the rows before and after it there.

    `number`, `before` and `after` hold `NONE` where there is none.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._last: Column[np.int32] = Column(np.int32)
        self._number: Column[np.int32] = Column(np.int32)
        self._before: Column[np.int32] = Column(np.int32)
        self._after: Column[np.int32] = Column(np.int32)

    @property
    def number(self) -> Rows:
        """The conversation of each row, counted from 0."""
        return self._number.values

    @property
    def before(self) -> Rows:
        """The row that was written before each row, in its conversation."""
        return self._before.values

    @property
    def after(self) -> Rows:
        """The row that was written after each row, in its conversation."""
        return self._after.values

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
        return len(self._numbers)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes, nearly."""
        arrays = 3 * self._number.nbytes
        return arrays + ENTRY_OVERHEAD * self.count

    def extend(self, sessions: Sequence[str]) -> None:
        """Add rows, in the order of writing; an empty session is no conversation."""
        first, known = len(self._number), self._numbers
        added = np.array(
            [known.setdefault(s, len(known)) if s else NONE for s in sessions], np.int32
        )
        nobody = np.full(len(added), NONE, np.int32)
        self._number.extend(added)
        self._before.extend(nobody)
        self._after.extend(nobody)
        self._last.extend([NONE] * (len(known) - len(self._last)))
        spoken = np.flatnonzero(added != NONE)
        if not len(spoken):
            return
        order = spoken[np.argsort(added[spoken], kind="stable")]
        rows, number, last = first + order, added[order], self._last.values
        begins = np.append(True, number[1:] != number[:-1])
        ends = np.append(begins[1:], True)
        previous = np.append(NONE, rows[:-1])
        previous[begins] = last[number[begins]]
        has = previous != NONE
        self.before[rows] = previous
        self.after[previous[has]] = rows[has]
        last[number[ends]] = rows[ends]
