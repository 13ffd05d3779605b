"""`POST /v1/atoms` and `DELETE /v1/atoms/{id}`: the rows of an anchor and their order.

Every write takes numbers from its anchor while holding the anchor's row, so writers of
one anchor take turns and readers see no gaps.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from embedded.maas.access import Access, Scope
from embedded.maas.anchors import required_anchor
from embedded.maas.body import Body, as_id
from embedded.maas.chunking import parts_of
from embedded.maas.embedder import embedder
from embedded.maas.errors import NotFound
from embedded.maas.models import AnchorUser, Atom
from embedded.maas.text import meaning_line, stored_terms
from embedded.maas.vectors import stored, stored_by

MAX_CONTENT = 20_000
MAX_LONG_CONTENT = 1_000_000
TAKE_NUMBERS = "UPDATE maas_anchor SET seq = seq + %s WHERE id = %s RETURNING seq"


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


def store_atom(access: Access, body: Body) -> dict[str, Any]:
    """Store one atom, in parts when chunking is enabled.

    A write with the `metadata.client_ref` of an earlier one in this anchor stores
    nothing and answers the earlier ids; `stored_count` then counts those still kept.
    """
    scope = required_anchor(access, body)
    chunked = body.object("chunking").flag("enabled", default=False)
    content = body.required_text(
        "content", limit=MAX_LONG_CONTENT if chunked else MAX_CONTENT
    )
    metadata = body.metadata()
    confidence = body.share("confidence")
    if confidence is None:
        confidence = metadata.share("confidence")
    reference = metadata.text("client_ref").strip() or None
    drafts = [
        Draft(
            content=part,
            source_type=body.required_text("source_type", limit=100),
            metadata=metadata.values,
            confidence=confidence,
            user=metadata.text("user_external_id").strip(),
            client_ref=reference,
            part=number,
        )
        for number, part in enumerate(parts_of(content) if chunked else [content])
    ]
    kept = store(access, scope, drafts)
    return {
        "atom_ids": [str(atom.id) for atom in kept],
        "stored_count": sum(atom.deleted_at is None for atom in kept),
        "service_source": access.service_source,
    }


def store(access: Access, scope: Scope, drafts: list[Draft]) -> list[Atom]:
    """Write drafts to an anchor in one statement; what a reference names is kept."""
    using = embedder()
    if using.remote:
        connection.close()  # back to the pool: no connection waits for another server
    vectors = stored(using.vectors([meaning_line(d.content) for d in drafts]))
    with transaction.atomic():
        last = take_numbers(scope.anchor_id, len(drafts))
        earlier = _earlier(scope.anchor_id, drafts)
        if earlier:
            return earlier
        atoms = [
            Atom(
                anchor_id=scope.anchor_id,
                seq=last - len(drafts) + 1 + offset,
                content=draft.content,
                source_type=draft.source_type,
                metadata=draft.metadata,
                confidence=draft.confidence,
                user_external_id=draft.user,
                client_ref=draft.client_ref,
                part=draft.part,
                terms=stored_terms(draft.content, draft.metadata).tobytes(),
                vector=vectors[offset],
                embedded_by=stored_by(using),
            )
            for offset, draft in enumerate(drafts)
        ]
        Atom.objects.bulk_create(atoms)
        people = {draft.user for draft in drafts if draft.user}
        AnchorUser.objects.bulk_create(
            [
                AnchorUser(
                    workspace_id=access.workspace_id,
                    anchor_id=scope.anchor_id,
                    user_external_id=person,
                )
                for person in sorted(people)
            ],
            ignore_conflicts=True,
        )
    return atoms


def delete_atom(access: Access, body: Body, atom_id: str) -> dict[str, Any]:
    """Forget an atom: text, vector and metadata go, an empty row stays.

    An extension of the documented API. Deleting twice is no error.
    """
    wanted = as_id(atom_id)
    mine = Atom.objects.filter(anchor__workspace_id=access.workspace_id)
    found = None if wanted is None else mine.filter(pk=wanted).first()
    if found is None:
        raise NotFound("atom not found")
    with transaction.atomic():
        number = take_numbers(found.anchor_id, 1)
        Atom.objects.filter(pk=found.pk, deleted_at=None).update(
            seq=number,
            content="",
            metadata={},
            terms=b"",
            vector=b"",
            user_external_id="",
            deleted_at=timezone.now(),
        )
    return {"ok": True}


def take_numbers(anchor_id: uuid.UUID, count: int) -> int:
    """The last of `count` fresh change numbers; holds the anchor until commit."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, [count, anchor_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("anchor not found")
    return int(row[0])


def _earlier(anchor_id: uuid.UUID, drafts: list[Draft]) -> list[Atom]:
    reference = drafts[0].client_ref
    if reference is None:
        return []
    return list(
        Atom.objects.filter(anchor_id=anchor_id, client_ref=reference)
        .order_by("part")
        .only("id", "deleted_at")
    )
