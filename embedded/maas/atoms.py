"""`POST /v1/atoms` and `DELETE /v1/atoms/{id}`: one statement to remember, or to forget."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from embedded.maas.access import Access
from embedded.maas.anchors import required_anchor
from embedded.maas.body import Body, as_id
from embedded.maas.chunking import parts_of
from embedded.maas.errors import NotFound
from embedded.maas.models import Atom
from embedded.maas.storing import Draft, store, take_numbers

MAX_CONTENT = 20_000
MAX_LONG_CONTENT = 300_000  # fits into a body also when every letter is escaped


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
    confidence, noted = body.share("confidence"), metadata.share("confidence")
    reference = metadata.text("client_ref").strip() or None
    drafts = [
        Draft(
            content=part,
            source_type=body.required_text("source_type", limit=100),
            metadata=metadata.values,
            confidence=noted if confidence is None else confidence,
            user=metadata.text("user_external_id").strip(),
            client_ref=reference,
            part=number,
        )
        for number, part in enumerate(parts_of(content) if chunked else [content])
    ]
    kept = store(access, scope, drafts)
    return {
        "atom_ids": [str(atom.id) for atom in kept],
        "stored_count": sum(not atom.deleted for atom in kept),
        "service_source": access.service_source,
    }


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
