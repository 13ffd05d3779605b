"""The indexes this process keeps: the least recently used go when memory is short.

Every use first asks the database what has happened since the index's number, so that
several processes agree with each other and with the rows.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from embedded.maas.changes import read_changes
from embedded.maas.embedder import embedder
from embedded.maas.index import AnchorIndex

DEFAULT_MEGABYTES = 128


class IndexCache:
    """Indexes by anchor, at most `capacity` bytes together (one may exceed it)."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lock = threading.Lock()
        self._entries: OrderedDict[uuid.UUID, _Entry] = OrderedDict()

    @contextmanager
    def use(self, anchor_id: uuid.UUID, seq: int) -> Iterator[AnchorIndex]:
        """The anchor's index, as of change number `seq` or later, for this thread."""
        with self._lock:
            entry = self._entries.setdefault(anchor_id, _Entry())
            self._entries.move_to_end(anchor_id)
        with entry.lock:  # one thread builds, the others wait for its result
            if entry.index is None or entry.index.seq < seq:
                entry.refresh(anchor_id)
            assert entry.index is not None
            yield entry.index
            held = entry.index.nbytes
        with self._lock:
            entry.nbytes = held
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
        self.lock = threading.Lock()
        self.index: AnchorIndex | None = None
        self.nbytes = 0

    def refresh(self, anchor_id: uuid.UUID) -> None:
        index, self.index = self.index or AnchorIndex(), None
        for _, changes in read_changes({anchor_id: index.seq}, embedder()):
            index.apply(changes)
        self.index = index  # only now: a failure leaves no half-changed index behind


def _cache() -> IndexCache:
    megabytes = getattr(settings, "MAAS_INDEX_MB", DEFAULT_MEGABYTES)
    return IndexCache(int(megabytes) * 1_000_000)


CACHE = _cache()
