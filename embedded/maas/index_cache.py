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

import numpy as np
from django.conf import settings

from embedded.maas.embedder import Embedder, embedder
from embedded.maas.index import AnchorIndex, StoredRow
from embedded.maas.sql import rows
from embedded.maas.text import meaning_line

DEFAULT_MEGABYTES = 128
ROWS = """
SELECT id, seq, content, user_external_id, terms, vector, embedded_by, confidence,
       helped, hurt, extract(epoch FROM created_at)::float8, deleted_at IS NOT NULL,
       CASE WHEN jsonb_exists(metadata, 'role') THEN metadata->>'session_id' END,
       metadata->>'supersedes'
FROM maas_atom WHERE anchor_id = %s AND seq > %s ORDER BY seq
"""


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
        found = rows(ROWS, [anchor_id, index.seq])
        index.apply(stored_rows(found, embedder()))
        self.index = index  # only now: a failure leaves no half-changed index behind


def stored_rows(found: list[tuple], using: Embedder) -> list[StoredRow]:  # type: ignore[type-arg]  # a row's columns differ in type
    """Rows of `ROWS` with their bytes read back as arrays.

    Rows embedded by another model are embedded again by a local one; with a remote
    one they are found by their words until they are stored anew.
    """
    read_rows = []
    for (
        id_,
        seq,
        content,
        user,
        terms,
        vector,
        by,
        conf,
        helped,
        hurt,
        at,
        gone,
        session,
        supersedes,
    ) in found:
        if by == using.name or gone:
            read = np.frombuffer(vector, dtype="<f2").astype(np.float32)
        elif using.remote:
            read = np.zeros(0, dtype=np.float32)
        else:
            read = using.vectors([meaning_line(content)])[0]
        ids = np.frombuffer(terms, dtype="<u4")
        read_rows.append(
            StoredRow(
                *(id_, seq, content, user, ids, read, conf, helped, hurt, at, gone),
                session=session or "",
                supersedes=supersedes or "",
            )
        )
    return read_rows


def _cache() -> IndexCache:
    megabytes = getattr(settings, "MAAS_INDEX_MB", DEFAULT_MEGABYTES)
    return IndexCache(int(megabytes) * 1_000_000)


CACHE = _cache()
