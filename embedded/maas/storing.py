"""How atoms come into the database: any number of one anchor in one statement.

Every write takes numbers from its anchor while holding the anchor's row, so writers of
one anchor take turns and readers see no gaps.
"""

from __future__ import annotations

import json
import uuid
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from embedded.maas.access import Access, Scope
from embedded.maas.embedder import embedder
from embedded.maas.errors import NotFound
from embedded.maas.sql import rows
from embedded.maas.text import meaning_line, stored_terms
from embedded.maas.vectors import stored, stored_by

# What a reference names already is kept: the first look finds it at once, the conflict
# finds what another writer stored while this one waited for the anchor.
STORE = """
WITH anchor AS (
    UPDATE maas_anchor SET seq = seq + %(count)s WHERE id = %(anchor)s RETURNING id, seq
), stored AS (
    INSERT INTO maas_atom (id, anchor_id, seq, content, source_type, metadata, confidence,
        user_external_id, client_ref, part, terms, vector, embedded_by, helped, hurt,
        created_at)
    SELECT draft.id, anchor.id, anchor.seq - %(count)s + number, content, source_type,
        metadata::jsonb, confidence, person, reference, part, terms, vector,
        %(embedded_by)s, 0, 0, now()
    FROM anchor, unnest(%(ids)s::uuid[], %(contents)s::text[], %(source_types)s::text[],
        %(metadata)s::text[], %(confidences)s::float8[], %(people)s::text[],
        %(references)s::text[], %(parts)s::int4[], %(terms)s::bytea[],
        %(vectors)s::bytea[]) WITH ORDINALITY AS draft (id, content, source_type,
        metadata, confidence, person, reference, part, terms, vector, number)
    WHERE NOT EXISTS (
        SELECT FROM maas_atom known
        WHERE known.anchor_id = anchor.id AND known.client_ref = reference)
    ON CONFLICT (anchor_id, client_ref, part) DO NOTHING
    RETURNING id
), known_people AS (
    INSERT INTO maas_anchoruser (workspace_id, anchor_id, user_external_id)
    SELECT DISTINCT %(workspace)s::int8, anchor.id, person
    FROM anchor, unnest(%(people)s::text[]) AS person WHERE person <> ''
    ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM anchor), (SELECT count(*) FROM stored)
"""
TAKE_NUMBERS = "UPDATE maas_anchor SET seq = seq + %s WHERE id = %s RETURNING seq"
EARLIER = """
SELECT id, deleted_at IS NOT NULL FROM maas_atom
WHERE anchor_id = %s AND client_ref = %s ORDER BY part
"""


@dataclass(frozen=True)
class Draft:
    """An atom to be stored; `part` numbers the pieces of one chunked text."""

    content: str
    source_type: str
    metadata: dict[str, Any] = field(default_factory=dict)
    confidence: float | None = None
    user: str = ""
    client_ref: str | None = None
    part: int = 0


@dataclass(frozen=True)
class Kept:
    """An atom that is in the database; a deleted one is there as an empty row."""

    id: uuid.UUID
    deleted: bool = False


def store(access: Access, scope: Scope, drafts: list[Draft]) -> list[Kept]:
    """Write drafts to an anchor, all or none.

    Drafts with a reference are the parts of one text; when the anchor has atoms of this
    reference, those are answered and nothing is written. Raises `NotFound` when the
    anchor is gone.
    """
    using = embedder()
    if using.remote:
        connection.close()  # back to the pool: no connection waits for another server
    vectors = stored(using.vectors([meaning_line(d.content) for d in drafts]))
    ids = [uuid.uuid4() for _ in drafts]
    values = {
        "anchor": scope.anchor_id,
        "workspace": access.workspace_id,
        "count": len(drafts),
        "embedded_by": stored_by(using),
        "ids": ids,
        "contents": [d.content for d in drafts],
        "source_types": [d.source_type for d in drafts],
        "metadata": [json.dumps(d.metadata, ensure_ascii=False) for d in drafts],
        "confidences": [d.confidence for d in drafts],
        "people": [d.user for d in drafts],
        "references": [d.client_ref for d in drafts],
        "parts": [d.part for d in drafts],
        "terms": [stored_terms(d.content, d.metadata).tobytes() for d in drafts],
        "vectors": vectors,
    }
    reference = drafts[0].client_ref
    # One statement is a transaction of its own. Only parts can be written in part, when
    # another writer of the same reference had fewer of them.
    whole = transaction.atomic() if reference and len(drafts) > 1 else nullcontext()
    try:
        with whole:
            [(found, written)] = rows(STORE, values)
            if not found:
                raise NotFound("anchor not found")
            if written < len(drafts):
                raise _KnownError
    except _KnownError:
        earlier = rows(EARLIER, [scope.anchor_id, reference])
        return [Kept(id_, deleted) for id_, deleted in earlier]
    return [Kept(id_) for id_ in ids]


def take_numbers(anchor_id: uuid.UUID, count: int) -> int:
    """The last of `count` fresh change numbers; holds the anchor until commit."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, [count, anchor_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("anchor not found")
    return int(row[0])


class _KnownError(Exception):
    """There are atoms of this reference."""
