"""The atoms of one anchor, or of several that are asked together, ready for a query.

Rows are added and changed, never moved: `apply` takes what the database says has
happened in an anchor since its number in `seen`. Not safe for several threads at once;
`index_cache` sees to that.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from embedded.maas.changes import Changes, Ids
from embedded.maas.column import Column
from embedded.maas.contents import Contents
from embedded.maas.conversations import Conversations
from embedded.maas.embedder import Matrix
from embedded.maas.postings import Postings
from embedded.maas.replacements import Replacements
from embedded.maas.vectors import Floats, Vectors

T = TypeVar("T")
FEW = 16
LAST_BITS = np.uint64((1 << 20) - 1)
HALF = (1 << 64) - 1
OVERHEAD = 8_000  # bytes of the objects that an index is made of, measured
USER_OVERHEAD = 200


class AnchorIndex:
    """Vectors and postings of some anchors, each as of change number `seen[anchor]`."""

    def __init__(self, anchors: Iterable[uuid.UUID] = ()) -> None:
        self.seen = dict.fromkeys(anchors, 0)
        self._ids: Column[np.uint64] = Column(np.uint64, width=2)
        self._contents = Contents()
        self._users: dict[str, int] = {}
        self.postings = Postings()
        self._vectors = Vectors()
        self._lengths: Column[np.float32] = Column(np.float32)
        self._alive: Column[np.bool_] = Column(np.bool_)
        self._user: Column[np.int32] = Column(np.int32)
        self._confidence: Column[np.float32] = Column(np.float32)
        self._helped: Column[np.float32] = Column(np.float32)
        self._hurt: Column[np.float32] = Column(np.float32)
        self._created: Column[np.float64] = Column(np.float64)
        self.conversations = Conversations()
        self.replacements = Replacements()
        self._once: dict[object, Any] = {}

    @property
    def size(self) -> int:
        """Rows, deleted ones included."""
        return len(self._alive)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes, nearly."""
        parts = (
            *(self._ids, self._contents, self.postings, self._vectors),
            *(self._lengths, self._alive, self._user, self._created),
            *(self._confidence, self._helped, self._hurt, self.conversations),
        )
        return (
            OVERHEAD + USER_OVERHEAD * len(self._users) + sum(p.nbytes for p in parts)
        )

    @property
    def alive(self) -> npt.NDArray[np.bool_]:
        """Which rows are not deleted."""
        return self._alive.values

    @property
    def lengths(self) -> Floats:
        """How many terms each row has."""
        return self._lengths.values

    @property
    def confidence(self) -> Floats:
        """How certain each row is, 0 to 1; 0.5 where nobody said."""
        return self._confidence.values

    @property
    def helped(self) -> Floats:
        """How often each row was of use."""
        return self._helped.values

    @property
    def hurt(self) -> Floats:
        """How often each row was wrong."""
        return self._hurt.values

    @property
    def created(self) -> npt.NDArray[np.float64]:
        """When each row was stored, in seconds since 1970."""
        return self._created.values

    def id_of(self, row: int) -> uuid.UUID:
        """The atom's id."""
        high, low = self._ids.values[row].tolist()
        return uuid.UUID(int=high << 64 | low)

    def content_of(self, row: int) -> str:
        """The atom's text; meaningless for a deleted row."""
        return self._contents.at(row)

    def apply(self, changes: Changes) -> None:
        """Bring in new, changed and deleted atoms of an anchor."""
        rows = self.rows_of(changes.ids)
        fresh = (rows < 0) & ~changes.deleted
        for position in np.flatnonzero(rows >= 0):
            self._change(int(rows[position]), changes, position)
        if fresh.any():
            self._append(changes if fresh.all() else changes.only(fresh))
        self.seen[changes.anchor] = changes.last
        self._once.clear()

    def mask(self, user: str) -> npt.NDArray[np.bool_]:
        """Which rows may be answered: alive, and this person's when one is named."""
        alive = self._alive.values
        if not user:
            return alive
        number = self._users.get(user, -1)
        mine: npt.NDArray[np.bool_] = alive & (self._user.values == number)
        return mine

    def once(self, work: Callable[[AnchorIndex], T]) -> T:
        """What `work` makes of this index, done once between two changes."""
        if work not in self._once:
            self._once[work] = work(self)
        found: T = self._once[work]
        return found

    def replaced(self) -> list[tuple[int, int]]:
        """Old rows and the rows that replaced them, oldest first."""
        return self.once(_replaced) if self.replacements else []

    def meaning(self, lines: Matrix) -> Floats:
        """The best cosine similarity of each row with any of the query's lines."""
        return self._vectors.best_cosines(lines)

    def _append(self, added: Changes) -> None:
        first = self.size
        self._ids.extend(added.ids)
        self._contents.extend(added.texts, added.text_lengths)
        self.postings.add(first, added.terms, added.term_lengths)
        self._vectors.extend(added.steps, added.scales)
        self._lengths.extend(added.term_lengths)
        users = self._users
        self._user.extend([users.setdefault(u, len(users)) for u in added.users])
        self._confidence.extend(added.confidence)
        self._helped.extend(added.helped)
        self._hurt.extend(added.hurt)
        self._created.extend(added.created)
        self._alive.extend(~added.deleted)
        # A caller's name for a conversation means something within its anchor only.
        scope = str(added.anchor) if len(self.seen) > 1 else ""
        self.conversations.extend([s and scope + s for s in added.sessions])
        for position, named in enumerate(added.supersedes):
            if named:
                self.replacements.add(first + position, named)

    def _change(self, row: int, changes: Changes, position: np.intp) -> None:
        if changes.deleted[position]:
            self._alive.values[row] = False
            self._vectors.erase(row)
            self._contents.erase(row)
        else:
            self.confidence[row] = changes.confidence[position]
            self.helped[row] = changes.helped[position]
            self.hurt[row] = changes.hurt[position]

    def rows_of(self, ids: Ids) -> npt.NDArray[np.intp]:
        """The row of each id, -1 where there is none."""
        known = self._ids.values
        rows = np.full(len(ids), -1, dtype=np.intp)
        if not len(known):
            return rows
        if len(ids) <= FEW:  # a look at all rows costs less than sorting them
            return np.array([self._row_of(*halves) for halves in ids], dtype=np.intp)
        # Most rows share their last bits with none of the ids: only others are compared.
        marked = np.zeros(int(LAST_BITS) + 1, dtype=bool)
        marked[ids[:, 1] & LAST_BITS] = True
        near = np.flatnonzero(marked[known[:, 1] & LAST_BITS])
        order = np.argsort(ids[:, 0])
        at = np.searchsorted(ids[:, 0], known[near, 0], sorter=order)
        at = order[np.minimum(at, len(ids) - 1)]
        same = (ids[at] == known[near]).all(axis=1)
        rows[at[same]] = near[same]
        return rows

    def _row_of(self, high: np.uint64, low: np.uint64) -> int:
        known = self._ids.values
        halves = np.flatnonzero(known[:, 0] == high)
        found = halves[known[halves, 1] == low]
        return int(found[0]) if len(found) else -1


def _replaced(index: AnchorIndex) -> list[tuple[int, int]]:
    named = index.replacements.pairs()
    halves = [(old.int >> 64, old.int & HALF) for old, _ in named]
    rows = index.rows_of(np.array(halves, dtype=np.uint64)).tolist()
    news = [new for _, new in named]
    return sorted(p for p in zip(rows, news, strict=True) if 0 <= p[0] < p[1])
