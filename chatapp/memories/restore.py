"""Stores the ledger's atoms where their anchor is now, when they lie elsewhere.

Elsewhere is a scope that the service has lost, or that of the guest a person was
before they signed in; or nowhere yet: what the person corrected or said yes to.
"""

from __future__ import annotations

from uuid import UUID

from channels.db import database_sync_to_async
from django.db.models import Q

from chatapp.memories.keeping import confirm, entry_of, superseded_in
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.models import Atom, AtomState
from memory.client import MaasClient
from memory.errors import MemoryProtocolError, MemoryRejected
from memory.store import Scope, find, store
from memory.turn import MENDABLE


async def restore(
    anchor_id: UUID,
    maas_anchor: str,
    external_id: str,
    *,
    memory: MaasClient,
    repeatable: bool,
) -> int:
    """Store every atom that lies in another scope, or in none; returns how many.

    Each atom's row takes the new id when the service confirmed it, so a run that was
    cut off goes on with the rest. Unless the service is `repeatable`, an atom is
    looked for before it is stored: such a run may have stored it.
    """
    ledger = SiteLedger(anchor_id, ())
    moved = 0
    for atom, conversation_id in await _elsewhere(anchor_id, maas_anchor):
        scope = Scope(maas_anchor, external_id, conversation_id)
        # Only now: what it is true instead of may have been stored a moment ago.
        entry = entry_of(atom, await _superseded(maas_anchor, atom))
        try:
            found = None
            if not repeatable:
                found = await find(entry, scope, memory=memory, ledger=ledger)
            atom_id = found or await store(entry, scope, memory=memory)
        except (MemoryRejected, MemoryProtocolError) as exc:
            if isinstance(exc, MENDABLE):
                raise
            await _refused(UUID(entry.client_ref), exc.user_message)
            continue
        await _confirmed(UUID(entry.client_ref), atom_id, maas_anchor)
        moved += 1
    return moved


def _elsewhere_now(anchor_id: UUID, maas_anchor: str) -> list[tuple[Atom, str]]:
    mine = Atom.objects.filter(anchor=anchor_id).order_by("created_at")
    stored_once = Q(state__in=[AtomState.SAVED, AtomState.PENDING]) & ~Q(scope="")
    # What a turn took in and has not stored yet is that turn's to store.
    nobodys = Q(brought_by=None) | Q(brought_by__learnt_at__isnull=False)
    new = Q(state=AtomState.PENDING, scope="") & nobodys
    atoms = mine.filter(stored_once | new).exclude(scope=maas_anchor)
    return [
        (atom, _conversation_of(atom))
        for atom in atoms.select_related("brought_by__generation")
    ]


def _refused_now(client_ref: UUID, why: str) -> None:
    """The service will never take this one: say so; what is saved there stays so."""
    Atom.objects.filter(client_ref=client_ref, state=AtomState.PENDING).update(
        state=AtomState.FAILED, problem=why
    )


def _conversation_of(atom: Atom) -> str:
    turn = atom.brought_by
    return str(turn.generation.conversation_id) if turn else ""


_elsewhere = database_sync_to_async(_elsewhere_now, thread_sensitive=False)
_superseded = database_sync_to_async(superseded_in, thread_sensitive=False)
_refused = database_sync_to_async(_refused_now, thread_sensitive=False)
_confirmed = database_sync_to_async(confirm, thread_sensitive=False)
