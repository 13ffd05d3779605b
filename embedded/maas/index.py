"""One anchor's atoms in memory, ready to be compared with a query.

Rows are added and changed, never moved: `apply` takes what the database says has
happened since `seq`. Not safe for several threads at once; `index_cache` sees to that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.conversations import Conversations
from embedded.maas.embedder import Matrix
from embedded.maas.postings import Postings
from embedded.maas.replacements import Replacements
from embedded.maas.text import Query

Floats = npt.NDArray[np.float32]

K1 = 1.2
B = 0.75
# Rarity is judged as if this many atoms about other things were there too: in an
# anchor of three atoms a word that one of them holds is still a rare word.
PRIOR_DOCUMENTS = 50
# A query's strongest terms make up the whole: long messages are not diluted.
STRONGEST = 4
# One shared word alone is no certainty.
ONE_WORD = 1.5
WEIGHTS = ("confidence", "helped", "hurt", "created")
ROW_OVERHEAD = 400  # bytes of Python objects a row costs, measured


@dataclass(frozen=True)
class StoredRow:
    """An atom as the index needs it; `deleted` rows carry only their id.

    `session` is set for a message of a conversation; `supersedes` names the atoms that
    this one replaces, as the caller wrote it.
    """

    id: uuid.UUID
    seq: int
    content: str
    user: str
    terms: npt.NDArray[np.uint32]
    vector: Floats
    confidence: float | None
    helped: int
    hurt: int
    created: float
    deleted: bool
    session: str = ""
    supersedes: str = ""


class AnchorIndex:
    """Vectors and postings of one anchor, as of change number `seq`."""

    def __init__(self) -> None:
        self.seq = 0
        self.ids: list[uuid.UUID] = []
        self.contents: list[str] = []
        self.size = 0
        self._row_of: dict[uuid.UUID, int] = {}
        self._users: dict[str, int] = {}
        self._postings = Postings()
        self._text_bytes = 0
        self._vectors: Matrix = np.zeros((0, 0), dtype=np.float32)
        self._lengths = np.zeros(0, dtype=np.float32)
        self._alive = np.zeros(0, dtype=bool)
        self._user = np.zeros(0, dtype=np.int32)
        self.confidence = np.zeros(0, dtype=np.float32)
        self.helped = np.zeros(0, dtype=np.float32)
        self.hurt = np.zeros(0, dtype=np.float32)
        self.created = np.zeros(0, dtype=np.float64)
        self.conversations = Conversations()
        self.replacements = Replacements()

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes, nearly."""
        arrays = self._vectors.nbytes + 40 * len(self._lengths)
        return (
            arrays
            + self._postings.nbytes
            + self._text_bytes
            + self.conversations.nbytes
            + ROW_OVERHEAD * len(self.ids)
        )

    def apply(self, rows: Sequence[StoredRow]) -> None:
        """Bring in new, changed and deleted atoms, in the order of their numbers."""
        fresh: list[StoredRow] = []
        for row in rows:
            known = self._row_of.get(row.id)
            if known is None and not row.deleted:
                fresh.append(row)
            elif known is not None:
                self._change(known, row)
            self.seq = max(self.seq, row.seq)
        if fresh:
            self._widen(fresh)
            self._append(fresh)

    def mask(self, user: str) -> npt.NDArray[np.bool_]:
        """Which rows may be answered: alive, and this person's when one is named."""
        alive = self._alive[: self.size]
        if not user:
            return alive
        number = self._users.get(user, -1)
        mine: npt.NDArray[np.bool_] = alive & (self._user[: self.size] == number)
        return mine

    def words(self, query: Query) -> Floats:
        """BM25 as a share: 1 when a row holds the query's strongest terms once each."""
        scores = np.zeros(self.size, dtype=np.float32)
        if not len(query.terms) or not self.size:
            return scores
        alive = self._alive[: self.size]
        lengths = self._lengths[: self.size]
        count = int(alive.sum())
        average = float(lengths[alive].mean()) if count else 1.0
        norm = K1 * (1 - B + B * lengths / max(average, 1.0))
        weights = []
        for term in query.terms:
            documents, counts = self._postings.find(term)
            held = int(alive[documents].sum())
            total = count + PRIOR_DOCUMENTS
            weight = float(np.log1p((total - held + 0.5) / (held + 0.5)))
            weights.append(weight)
            # Each document once: postings are grouped, so plain += is right.
            scores[documents] += weight * counts * (K1 + 1) / (counts + norm[documents])
        strongest = sorted(weights, reverse=True)[:STRONGEST]
        whole = max(sum(strongest), ONE_WORD * strongest[0])
        shares: Floats = np.minimum(scores / whole, 1.0)
        return shares

    def meaning(self, vectors: Matrix) -> Floats:
        """The best cosine similarity of each row with any of the query's lines."""
        if not self.size or not len(vectors):
            return np.zeros(self.size, dtype=np.float32)
        rows = self._vectors[: self.size]
        if vectors.shape[1] != rows.shape[1]:
            return np.zeros(self.size, dtype=np.float32)
        best: Floats = rows @ vectors[0]
        for line in vectors[1:]:  # quicker than one product with a narrow matrix
            np.maximum(best, rows @ line, out=best)
        return best

    def _append(self, rows: Sequence[StoredRow]) -> None:
        first, count = self.size, len(rows)
        self._reserve(first + count)
        span = slice(first, first + count)
        for offset, row in enumerate(rows):
            # A vector of another model's length counts as unknown: words still find it.
            if len(row.vector) == self._vectors.shape[1]:
                self._vectors[first + offset] = row.vector
        self._lengths[span] = [len(row.terms) for row in rows]
        self._alive[span] = True
        self._user[span] = [self._number_of(row.user) for row in rows]
        self.created[span] = [row.created for row in rows]
        self._postings.add(first, [row.terms for row in rows])
        self.conversations.extend([row.session for row in rows])
        for offset, row in enumerate(rows):
            if row.supersedes:
                self.replacements.add(first + offset, row.supersedes)
            self._row_of[row.id] = first + offset
            self.ids.append(row.id)
            self.contents.append(row.content)
            self._text_bytes += len(row.content)
            self._weigh(first + offset, row)
        self.size = first + count

    def _widen(self, rows: Sequence[StoredRow]) -> None:
        if self._vectors.shape[1] == 0:
            width = max(len(row.vector) for row in rows)
            self._vectors = np.zeros((len(self._lengths), width), dtype=np.float32)

    def _change(self, number: int, row: StoredRow) -> None:
        if row.deleted:
            self._alive[number] = False
            self._vectors[number] = 0
            self.contents[number] = ""
        else:
            self._weigh(number, row)

    def _weigh(self, number: int, row: StoredRow) -> None:
        self.confidence[number] = 0.5 if row.confidence is None else row.confidence
        self.helped[number] = row.helped
        self.hurt[number] = row.hurt

    def _number_of(self, user: str) -> int:
        return self._users.setdefault(user, len(self._users))

    def _reserve(self, size: int) -> None:
        have = len(self._lengths)
        if size <= have:
            return
        # An eighth more than needed: growing stays rare and the waste bounded.
        room = size if not have else max(size + size // 8, size + 16)
        for name in ("_vectors", "_lengths", "_alive", "_user", *WEIGHTS):
            old = getattr(self, name)
            grown = np.zeros((room, *old.shape[1:]), dtype=old.dtype)
            grown[: self.size] = old[: self.size]
            setattr(self, name, grown)
