"""Stores the ledger's atoms where their anchor is now, when they lie elsewhere.

Elsewhere is a scope that the service has lost, or that of the guest a person was
before they signed in.
"""

from __future__ import annotations

from uuid import UUID

from channels.db import database_sync_to_async

from chatapp.memories.keeping import confirm, entry_of
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.models import Atom, AtomState
from memory.client import MaasClient
from memory.store import Entry, Scope, find, store


async def restore(
    anchor_id: UUID,
    maas_anchor: str,
    external_id: str,
    *,
    memory: MaasClient,
    repeatable: bool,
) -> int:
    """Store every atom that was stored in another scope; returns how many.

    Each atom's row takes the new id when the service confirmed it, so a run that was
    cut off goes on with the rest. Unless the service is `repeatable`, an atom is
    looked for before it is stored: such a run may have stored it.
    """
    ledger = SiteLedger(anchor_id, ())
    moved = 0
    for entry, conversation_id in await _elsewhere(anchor_id, maas_anchor):
        scope = Scope(maas_anchor, external_id, conversation_id)
        found = None
        if not repeatable:
            found = await find(entry, scope, memory=memory, ledger=ledger)
        atom_id = found or await store(entry, scope, memory=memory)
        await _confirmed(UUID(entry.client_ref), atom_id, maas_anchor)
        moved += 1
    return moved


def _elsewhere_now(anchor_id: UUID, maas_anchor: str) -> list[tuple[Entry, str]]:
    stored_once = Atom.objects.filter(
        anchor_id=anchor_id, state__in=[AtomState.SAVED, AtomState.PENDING]
    ).exclude(scope="")
    atoms = stored_once.exclude(scope=maas_anchor).select_related(
        "brought_by__generation"
    )
    return [(entry_of(atom), _conversation_of(atom)) for atom in atoms]


def _conversation_of(atom: Atom) -> str:
    turn = atom.brought_by
    return str(turn.generation.conversation_id) if turn else ""


_elsewhere = database_sync_to_async(_elsewhere_now, thread_sensitive=False)
_confirmed = database_sync_to_async(confirm, thread_sensitive=False)
