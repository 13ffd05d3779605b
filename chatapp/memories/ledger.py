"""The site's book of atoms, as a turn asks it: which recalled atoms may be used.

An atom is live while it is saved and at least one quote of its evidence stands in a
message that is on a shown path. What was forgotten, or left behind by choosing
another reply, is never injected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from chatapp.memories.models import Atom, AtomState, Evidence
from memory.recall import Known, State

MOST_PINNED = 4
LEAST_RECALLED = 3
"""Places in the prompt that boundaries and pins leave to what was recalled."""


class SiteLedger:
    """The ledger of one anchor; `carried` was read when the message was sent."""

    def __init__(self, anchor_id: UUID, carried: Sequence[Known]) -> None:
        self._anchor_id = anchor_id
        self._carried = tuple(carried)

    async def known(self, atom_ids: Sequence[str]) -> Mapping[str, Known]:
        """What this anchor's ledger knows of these ids; another anchor's are foreign."""
        return await _known(self._anchor_id, atom_ids)

    async def carried(self) -> Sequence[Known]:
        """Boundaries first, then pins."""
        return self._carried


def carried_now(anchor_id: UUID) -> tuple[Known, ...]:
    """Live boundaries and pins, newest first within each, ready for the prompt."""
    atoms = with_liveness(
        alive(Atom.objects.filter(anchor_id=anchor_id, state=AtomState.SAVED))
    )
    boundaries = atoms.filter(atom_type="boundary").order_by("-created_at")
    pinned = atoms.filter(pinned=True).exclude(atom_type="boundary")
    most = max(1, settings.MEMORY_ATOMS - LEAST_RECALLED)
    chosen = [
        *boundaries[:most],
        *pinned.order_by("-created_at")[:MOST_PINNED],
    ][:most]
    return tuple(as_known(chosen).values())


def alive(atoms: QuerySet[Atom]) -> QuerySet[Atom]:
    """Only the atoms with some evidence on a shown path."""
    return atoms.filter(_seen())


def with_liveness(atoms: QuerySet[Atom]) -> QuerySet[Atom]:
    """The atoms, each with `live`: some of its evidence is on a shown path."""
    return atoms.annotate(live=_seen())


def _seen() -> Exists:
    return Exists(Evidence.objects.filter(atom=OuterRef("pk"), message__selected=True))


def as_known(atoms: Iterable[Atom]) -> dict[str, Known]:
    """Ledger rows (from `with_liveness`) as the turn knows them, by the service's id."""
    return {
        atom.maas_id: Known(
            atom_id=atom.maas_id,
            content=atom.content,
            atom_type=atom.atom_type,
            confidence=atom.confidence,
            state=state_of(atom),
            pinned=atom.pinned,
        )
        for atom in atoms
    }


def state_of(atom: Atom) -> State:
    """Whether the turn may use it; `atom` must come from `with_liveness`."""
    if atom.state == AtomState.FORGOTTEN:
        return "forgotten"
    if atom.state != AtomState.SAVED or not getattr(atom, "live", False):
        return "withdrawn"
    return "live"


def _known_now(anchor_id: UUID, atom_ids: Sequence[str]) -> dict[str, Known]:
    atoms = Atom.objects.filter(anchor_id=anchor_id, maas_id__in=atom_ids)
    return as_known(with_liveness(atoms))


_known = database_sync_to_async(_known_now, thread_sensitive=False)
