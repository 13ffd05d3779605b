"""An index of many rows: changed ones are found, whatever the portions they come in."""

from __future__ import annotations

import uuid

import numpy as np

from embedded.maas.changes import Changes
from embedded.maas.index import AnchorIndex

ANCHOR = uuid.uuid4()
MANY = 3_000


def _changes(ids: np.ndarray, *, last: int, helped: int, deleted: bool) -> Changes:
    count = len(ids)
    ones = np.ones(count, np.float32)
    return Changes(
        anchor=ANCHOR,
        last=last,
        ids=ids,
        deleted=np.full(count, deleted),
        texts=b"jazz" * count,
        text_lengths=np.full(count, 4),
        users=["mara"] * count,
        sessions=[""] * count,
        supersedes=[""] * count,
        terms=np.arange(count, dtype=np.uint32),
        term_lengths=np.ones(count, np.int64),
        steps=np.ones((count, 8), np.int8),
        scales=ones,
        confidence=ones,
        helped=ones * helped,
        hurt=ones * 0,
        created=ones.astype(np.float64),
    )


def test_a_portion_of_changed_rows_finds_them_among_many() -> None:
    chance = np.random.default_rng(1)
    ids = chance.integers(0, 2**63, (MANY, 2)).astype(np.uint64)
    index = AnchorIndex([ANCHOR])
    for first in range(0, MANY, 1_000):
        part = ids[first : first + 1_000]
        index.apply(_changes(part, last=first + 1_000, helped=0, deleted=False))
    again = ids[chance.permutation(MANY)[:700]]
    index.apply(_changes(again, last=MANY + 700, helped=2, deleted=False))
    assert index.size == MANY
    assert (index.helped[index.rows_of(again)] == 2).all()
    assert int(index.helped.sum()) == 2 * 700
    index.apply(_changes(ids[-20:], last=MANY + 720, helped=0, deleted=True))
    index.apply(_changes(ids[:1], last=MANY + 721, helped=0, deleted=True))
    assert int(index.alive.sum()) == MANY - 21
    assert not index.meaning(np.ones((1, 8), np.float32))[-20:].any()
    assert index.seen == {ANCHOR: MANY + 721}


def test_a_row_unknown_and_deleted_is_left_out() -> None:
    index = AnchorIndex([ANCHOR])
    gone = np.array([[1, 2]], np.uint64)
    index.apply(_changes(gone, last=3, helped=0, deleted=True))
    assert (index.size, index.seen) == (0, {ANCHOR: 3})
