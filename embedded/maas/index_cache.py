"""The indexes this process keeps: the least recently used go when memory is short.

Every use first hears from the database which change was an anchor's latest, so that
several processes agree with each other and with the rows.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from embedded.maas.access import Scope
from embedded.maas.changes import read_changes
from embedded.maas.embedder import embedder
from embedded.maas.index import AnchorIndex

Key = frozenset[uuid.UUID]


class IndexCache:
    """Indexes by the anchors they hold, at most `capacity` bytes together.

    The one used last stays whatever its size: an anchor larger than the capacity is
    built once for each time that others were asked in between.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()

    @contextmanager
    def use(self, scopes: Sequence[Scope]) -> Iterator[AnchorIndex]:
        """One index of these anchors, each as of its change number or later.

        It is for this thread until the block ends.
        """
        key = frozenset(scope.anchor_id for scope in scopes)
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
        with entry.turn():  # one thread builds, the others wait for its result
            yield entry.refreshed(scopes)
        with self._lock:
            self._shrink()

    def clear(self) -> None:
        """Forget every index; they are built again from the rows."""
        with self._lock:
            self._entries.clear()

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes, nearly."""
        with self._lock:
            return sum(entry.nbytes for entry in self._entries.values())

    def _shrink(self) -> None:
        total = sum(entry.nbytes for entry in self._entries.values())
        while total > self.capacity and len(self._entries) > 1:
            _, dropped = self._entries.popitem(last=False)
            total -= dropped.nbytes


class _Entry:
    """An index and the lock that its threads take turns with."""

    def __init__(self) -> None:
        self.nbytes = 0
        self._lock = threading.Lock()
        self._index: AnchorIndex | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """This thread's turn; whoever waits for it holds no connection meanwhile."""
        if not self._lock.acquire(blocking=False):
            connection.close()  # back to the pool, which others' calls need
            self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    def refreshed(self, scopes: Sequence[Scope]) -> AnchorIndex:
        """The index with all changes up to the scopes' numbers; only in one's turn."""
        index = self._index or AnchorIndex(scope.anchor_id for scope in scopes)
        since = {
            scope.anchor_id: index.seen[scope.anchor_id]
            for scope in scopes
            if index.seen[scope.anchor_id] < scope.seq
        }
        if since or self._index is None:
            self._index = None  # a failure below leaves no half-changed index behind
            for changes in read_changes(since, embedder()):
                index.apply(changes)
            for scope in scopes:  # numbers may have been taken that no row has
                index.seen[scope.anchor_id] = max(
                    index.seen[scope.anchor_id], scope.seq
                )
            self._index = index
            self.nbytes = index.nbytes
        return index


def _cache() -> IndexCache:
    return IndexCache(settings.MAAS_INDEX_MB * 1_000_000)


CACHE = _cache()
