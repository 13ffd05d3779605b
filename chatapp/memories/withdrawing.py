"""Takes back for good what was remembered from messages that were removed, what its
person let go, and what lay at the service of an account that was deleted.

The first two are masked at once. Where the service can delete, the atom is deleted
there; the documented API has no delete: there the ledger masks it for ever, and says so.
Its text goes from the ledger either way, and with its last message also from the records
of turns that it was in.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import transaction
from django.utils.translation import gettext_noop

from chatapp.memories import forgetting, orphans
from chatapp.memories.models import HELD, Atom, AtomState, Upstream
from memory.client import MaasClient
from memory.errors import BadMemoryRequest, MemoryNotFound

logger = logging.getLogger(__name__)
AT_ONCE = 100
UNPROVEN: Mapping[str, Any] = MappingProxyType(
    {"evidence": None, "by_hand": False, "graded": False}
)
"""Of an atom whose last message was removed."""
DELETED = gettext_noop("Deleted with the message that it was learnt from.")
MASKED = gettext_noop(
    "Learnt from a message that was deleted. The memory service can not delete, so"
    " it is kept from every reply here."
)


def proven_by(message_ids: Collection[UUID]) -> list[UUID]:
    """The atoms that have evidence in these messages."""
    proven = Atom.objects.filter(evidence__message__in=message_ids).order_by()
    return list(proven.values_list("pk", flat=True).distinct())


def withdraw_unproven(atom_ids: Collection[UUID]) -> int:
    """Withdraw those of these atoms that have no evidence left; returns how many."""
    gone = (*HELD, AtomState.WAITING)
    unproven = Atom.objects.filter(pk__in=atom_ids, state__in=gone, **UNPROVEN)
    return unproven.update(state=AtomState.WITHDRAWN, pinned=False)


async def erase(memory: MaasClient, *, can_delete: bool) -> int:
    """Delete at the service what was let go, or note that it can not; returns how many.

    Raises MemoryAPIError when the service is away: the rest stays as it is until then.
    """
    withdrawn = await _withdrawn()
    for atom_id, maas_id in withdrawn:
        if await _remove(maas_id, memory, can_delete=can_delete) == Upstream.MASKED:
            await _end(atom_id, AtomState.MASKED, MASKED)
        else:
            await _end(atom_id, AtomState.DELETED, DELETED)
    orphaned = await _orphaned(AT_ONCE)
    for pk, maas_id in orphaned:
        await _remove(maas_id, memory, can_delete=can_delete)
        await _orphan_gone(pk)
    removed = await _removed(limit=AT_ONCE)
    for atom_id, maas_id in removed:
        upstream = await _remove(maas_id, memory, can_delete=can_delete)
        # Nothing to delete where nothing was stored, not even for a service that can not.
        await _erased(atom_id, upstream if maas_id else Upstream.NEVER)
    return len(withdrawn) + len(orphaned) + len(removed)


async def _remove(maas_id: str, memory: MaasClient, *, can_delete: bool) -> Upstream:
    """Delete an atom at the service; raises MemoryAPIError when that is away."""
    if not can_delete:
        return Upstream.MASKED
    if not maas_id:
        return Upstream.DELETED
    try:
        await memory.delete_atom(maas_id)
    except MemoryNotFound:
        logger.info("Atom %s was not at the service any more", maas_id)
    except BadMemoryRequest as exc:
        logger.warning("Atom %s can not be deleted: %s", maas_id, exc)
        return Upstream.MASKED
    return Upstream.DELETED


def _withdrawn_now() -> list[tuple[UUID, str]]:
    withdrawn = Atom.objects.filter(state=AtomState.WITHDRAWN, removal=None).order_by(
        "created_at"
    )
    return list(withdrawn.values_list("pk", "maas_id")[:AT_ONCE])


def _end_now(atom_id: UUID, state: AtomState, why: str) -> None:
    with transaction.atomic():
        mine = Atom.objects.filter(pk=atom_id, state=AtomState.WITHDRAWN)
        # What a learner has left behind was true in its day: old turns may show it.
        unproven = mine.filter(**UNPROVEN).exists()
        if mine.update(state=state, problem=why, content="", about="") and unproven:
            forgetting.wipe(atom_id)


_withdrawn = database_sync_to_async(_withdrawn_now, thread_sensitive=False)
_end = database_sync_to_async(_end_now, thread_sensitive=False)
_removed = database_sync_to_async(forgetting.due, thread_sensitive=False)
_erased = database_sync_to_async(forgetting.erase, thread_sensitive=False)
_orphaned = database_sync_to_async(orphans.waiting, thread_sensitive=False)
_orphan_gone = database_sync_to_async(orphans.gone, thread_sensitive=False)
