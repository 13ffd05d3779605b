"""What has happened in anchors since a number, read as columns instead of rows.

PostgreSQL joins each column's values into one string of bytes, so that a hundred
thousand atoms become arrays without one Python object each. One statement serves any
number of anchors; large ones come in portions.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedded.maas.embedder import Embedder
from embedded.maas.sql import rows
from embedded.maas.text import meaning_line
from embedded.maas.vectors import Floats, Steps, quantised, read, stored_by

Lengths = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint64]

PORTION = 4_096  # rows that one statement answers; more at once took longer, measured
LEAST_PORTION = 512
# Numbers of one row in one string, the texts that are names in another: each string
# that PostgreSQL joins costs a call a row. The inner query's order is the order of all.
# Texts hold no NUL, so one may stand between two.
CHANGES = """
SELECT asked.anchor_id, found.*
FROM unnest(%s::uuid[], %s::int8[]) WITH ORDINALITY AS asked (anchor_id, since, number),
LATERAL (
    SELECT count(*), max(seq),
        string_agg(
            uuid_send(id) || int4send(octet_length(content)) || int4send(length(terms))
            || int4send(length(vector))
            || int4send((deleted_at IS NOT NULL)::int4) || int4send((embedded_by = %s)::int4)
            || int4send(helped) || int4send(hurt)
            || float4send(coalesce(confidence, 0.5)::float4)
            || timestamptz_send(created_at), ''),
        string_agg(convert_to(content, 'UTF8'), ''),
        string_agg(
            convert_to(user_external_id, 'UTF8') || '\\x00' || convert_to(
                CASE WHEN jsonb_exists(metadata, 'role')
                     THEN coalesce(metadata->>'session_id', '') ELSE '' END, 'UTF8')
            || '\\x00' || convert_to(coalesce(metadata->>'supersedes', ''), 'UTF8'),
            '\\x00'),
        string_agg(terms, ''),
        string_agg(vector, '')
    FROM (
        SELECT * FROM maas_atom
        WHERE maas_atom.anchor_id = asked.anchor_id AND seq > asked.since
        ORDER BY seq LIMIT %s
    ) AS atom
) AS found
WHERE found.count > 0 ORDER BY asked.number
"""
NUMBERS = np.dtype(
    [
        ("id", ">u8", 2),
        *((name, ">i4") for name in ("text", "terms", "vector", "deleted", "ours")),
        *((name, ">i4") for name in ("helped", "hurt")),
        ("confidence", ">f4"),
        ("created", ">i8"),  # microseconds
    ]
)
YEAR_2000 = 946_684_800.0  # where PostgreSQL counts from, in seconds since 1970


@dataclass(frozen=True)
class Changes:
    """Atoms of one anchor that are new, changed or deleted, oldest change first.

    Everything has one entry a row. `texts`, `terms` hold the rows' values one behind
    the other, to be cut by lengths in bytes and in terms. `ids` are the two halves of
    each id. `sessions` are set for messages of conversations; `supersedes` names the
    atoms that a row replaces, as the caller wrote it. Deleted rows carry only their id.
    """

    anchor: uuid.UUID
    last: int
    ids: Ids
    deleted: npt.NDArray[np.bool_]
    texts: bytes
    text_lengths: Lengths
    users: list[str]
    sessions: list[str]
    supersedes: list[str]
    terms: npt.NDArray[np.uint32]
    term_lengths: Lengths
    steps: Steps
    scales: Floats
    confidence: Floats
    helped: Floats
    hurt: Floats
    created: npt.NDArray[np.float64]

    def only(self, rows: npt.NDArray[np.bool_]) -> Changes:
        """Some of the rows."""
        kept = np.flatnonzero(rows)
        ends = np.cumsum(self.text_lengths)
        texts = [self.texts[ends[i] - self.text_lengths[i] : ends[i]] for i in kept]
        return Changes(
            anchor=self.anchor,
            last=self.last,
            ids=self.ids[kept],
            deleted=self.deleted[kept],
            texts=b"".join(texts),
            text_lengths=self.text_lengths[kept],
            users=[self.users[i] for i in kept],
            sessions=[self.sessions[i] for i in kept],
            supersedes=[self.supersedes[i] for i in kept],
            terms=self.terms[np.repeat(rows, self.term_lengths)],
            term_lengths=self.term_lengths[kept],
            steps=self.steps[kept],
            scales=self.scales[kept],
            confidence=self.confidence[kept],
            helped=self.helped[kept],
            hurt=self.hurt[kept],
            created=self.created[kept],
        )


def read_changes(since: Mapping[uuid.UUID, int], using: Embedder) -> Iterator[Changes]:
    """All changes after number `since[anchor]`, of each anchor in order.

    Rows embedded by another model are embedded again by a local one; with a remote
    one they are found by their words until they are stored anew.
    """
    waiting = dict(since)
    while waiting:
        portion = max(LEAST_PORTION, PORTION // len(waiting))
        values = [list(waiting), list(waiting.values()), stored_by(using), portion]
        found, waiting = rows(CHANGES, values), {}
        for anchor, count, last, *columns in found:
            if count == portion:
                waiting[anchor] = last
            yield _changes(anchor, last, columns, using)


def _changes(
    anchor: uuid.UUID, last: int, columns: list[bytes], using: Embedder
) -> Changes:
    raw, texts, raw_names, terms, vectors = columns
    numbers = np.frombuffer(raw, dtype=NUMBERS)
    names = raw_names.decode().split("\x00")
    deleted = numbers["deleted"].astype(bool)
    text_lengths = numbers["text"].astype(np.int64)
    sizes = numbers["vector"].astype(np.int64)
    known = numbers["ours"].astype(bool) | deleted
    if known.all() and sizes[0] and (sizes == sizes[0]).all():
        steps, scales = read(vectors, len(numbers))
    else:
        steps, scales = _mended(vectors, sizes, known, texts, text_lengths, using)
    return Changes(
        anchor=anchor,
        last=last,
        ids=numbers["id"].astype(np.uint64),
        deleted=deleted,
        texts=texts,
        text_lengths=text_lengths,
        users=names[::3],
        sessions=names[1::3],
        supersedes=names[2::3],
        terms=np.frombuffer(terms, dtype="<u4"),
        term_lengths=numbers["terms"].astype(np.int64) // 4,
        steps=steps,
        scales=scales,
        confidence=numbers["confidence"].astype(np.float32),
        helped=numbers["helped"].astype(np.float32),
        hurt=numbers["hurt"].astype(np.float32),
        created=numbers["created"] / 1e6 + YEAR_2000,
    )


def _mended(
    raw: bytes,
    sizes: Lengths,
    known: npt.NDArray[np.bool_],
    texts: bytes,
    text_lengths: Lengths,
    using: Embedder,
) -> tuple[Steps, Floats]:
    """Vectors where some rows have none, or one of another model."""
    width = int(sizes[known].max(initial=0))
    fits = known & (sizes == width)
    others = np.flatnonzero(~known) if not using.remote else np.empty(0, np.intp)
    ends = np.cumsum(text_lengths)
    lines = [texts[ends[i] - text_lengths[i] : ends[i]].decode() for i in others]
    again = quantised(using.vectors([meaning_line(line) for line in lines]))
    if width:
        ends = np.cumsum(sizes)
        kept = b"".join(raw[ends[i] - width : ends[i]] for i in np.flatnonzero(fits))
        mine = read(kept, int(fits.sum()))
    else:
        mine = again[0][:0], again[1][:0]
    steps = np.zeros((len(sizes), max(mine[0].shape[1], again[0].shape[1])), np.int8)
    scales = np.zeros(len(sizes), np.float32)
    if width:
        steps[fits], scales[fits] = mine
    if len(others) and again[0].shape[1] == steps.shape[1]:
        steps[others], scales[others] = again
    return steps, scales
