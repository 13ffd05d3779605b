"""Stores the ledger's atoms of one anchor again, when the service has lost them."""

from __future__ import annotations

from uuid import UUID

from channels.db import database_sync_to_async

from chatapp.memories.models import Atom, AtomState
from memory.client import MaasClient


async def restore(
    anchor_id: UUID, maas_anchor: str, external_id: str, *, memory: MaasClient
) -> int:
    """Store every saved atom under the new scope; returns how many.

    Each atom's row takes the new id when the service confirmed it, so a run that was
    cut off goes on with the rest: an atom that already moved carries its new id.
    """
    moved = 0
    for atom in await _saved(anchor_id, maas_anchor):
        stored = await memory.store_atom(
            maas_anchor,
            atom.content,
            source_type=atom.source_type,
            metadata={
                "atom_type": atom.atom_type,
                "user_external_id": external_id,
                "confidence": atom.confidence,
                "client_ref": str(atom.client_ref),
            },
        )
        await _move(atom.pk, stored.atom_ids[0], maas_anchor)
        moved += 1
    return moved


def _saved_now(anchor_id: UUID, maas_anchor: str) -> list[Atom]:
    left = Atom.objects.filter(anchor_id=anchor_id, state=AtomState.SAVED)
    return list(left.exclude(scope=maas_anchor))


def _move_now(pk: UUID, maas_id: str, maas_anchor: str) -> None:
    Atom.objects.filter(pk=pk).update(maas_id=maas_id, scope=maas_anchor)


_saved = database_sync_to_async(_saved_now, thread_sensitive=False)
_move = database_sync_to_async(_move_now, thread_sensitive=False)
