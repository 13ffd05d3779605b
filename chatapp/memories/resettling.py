"""Stores the ledger's live atoms in another memory service, and then points to them.

Copying changes nothing here: replies go on from the old service, and each atom's new id
is noted when the other service confirmed it, so that a run that was cut off goes on
with the rest. Finishing is one transaction, once nothing is left to copy. What was
learnt there from feedback does not come along: the documented API can not read it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from chatapp.memories import anchors
from chatapp.memories.keeping import entry_of
from chatapp.memories.models import (
    Anchor,
    Atom,
    AtomState,
    MovedAnchor,
    MovedAtom,
    Removal,
    Upstream,
)
from memory.client import MaasClient
from memory.errors import MemoryProtocolError, MemoryRejected
from memory.recall import Known
from memory.store import Scope, find, store
from memory.turn import MENDABLE

Outcome = Literal["stored", "found", "refused"]
POINT_ATOMS = """
    UPDATE memories_atom AS atom SET maas_id = moved.maas_id, scope = there.maas_id
    FROM memories_movedatom AS moved, memories_movedanchor AS there
    WHERE moved.atom_id = atom.id AND moved.target = %(target)s
      AND there.anchor_id = atom.anchor_id AND there.target = %(target)s
"""
LET_GO_ATOMS = """
    UPDATE memories_atom AS atom SET maas_id = '', scope = ''
    WHERE atom.state <> 'saved' AND NOT EXISTS (
        SELECT 1 FROM memories_movedatom AS moved
        WHERE moved.atom_id = atom.id AND moved.target = %(target)s)
"""
# What was let go after it had been copied is to be deleted there as well.
REMOVE_THERE = """
    UPDATE memories_removal SET erased_at = NULL, upstream = 'waiting'
    WHERE atom_id IN (SELECT atom_id FROM memories_movedatom WHERE target = %(target)s)
"""
WITHDRAW_THERE = """
    UPDATE memories_atom AS atom SET state = 'withdrawn'
    WHERE atom.state IN ('deleted', 'masked')
      AND EXISTS (SELECT 1 FROM memories_movedatom AS moved
                  WHERE moved.atom_id = atom.id AND moved.target = %(target)s)
      AND NOT EXISTS (SELECT 1 FROM memories_removal AS removal
                      WHERE removal.atom_id = atom.id)
"""
POINT_ANCHORS = """
    UPDATE memories_anchor AS anchor
    SET lost_at = NULL, claimed_at = NULL, maas_id = coalesce((
        SELECT there.maas_id FROM memories_movedanchor AS there
        WHERE there.anchor_id = anchor.id AND there.target = %(target)s), '')
"""


class NotOver(Exception):
    """Something is left to copy, or to delete at the old service."""


@dataclass(frozen=True)
class Plan:
    """How much there is to copy, and how much of it was copied before."""

    anchors: int
    atoms: int
    copied: int
    undeleted: int

    @property
    def left(self) -> int:
        """Atoms that are still to be copied."""
        return self.atoms - self.copied


class _TheirLedger:
    """Which of the other service's atoms are known to stand for other atoms."""

    def __init__(self, target: str) -> None:
        self._target = target

    async def known(self, atom_ids: Sequence[str]) -> Mapping[str, Known]:
        return await _known(self._target, atom_ids)

    async def carried(self) -> Sequence[Known]:
        return ()


def plan(target: str) -> Plan:
    """What a run would do."""
    atoms = live()
    return Plan(
        anchors=atoms.order_by().values("anchor").distinct().count(),
        atoms=atoms.count(),
        copied=atoms.filter(Exists(_moved(target))).count(),
        undeleted=Removal.objects.filter(
            erased_at=None, upstream=Upstream.WAITING
        ).count(),
    )


def live() -> QuerySet[Atom]:
    """What is to come along: everything that the service confirmed and nobody let go."""
    return Atom.objects.filter(state=AtomState.SAVED)


async def copy(
    target: str, *, memory: MaasClient, repeatable: bool
) -> AsyncIterator[Outcome]:
    """Store each atom that is not there yet, yielding what became of it.

    Unless the other service is `repeatable`, an atom is looked for by its exact content
    before it is stored: an earlier run may have died between its answer and our note.
    Raises MemoryAPIError when the service is away or refuses the account.
    """
    ledger = _TheirLedger(target)
    for anchor_id in await _anchors(target):
        maas_anchor, resumed, external_id = await _settled(anchor_id, target, memory)
        for atom, conversation_id in await _left(anchor_id, target):
            scope = Scope(maas_anchor, external_id, conversation_id)
            entry = entry_of(atom, await _superseded(target, atom.pk))
            try:
                found = None
                if resumed and not repeatable:
                    found = await find(entry, scope, memory=memory, ledger=ledger)
                atom_id = found or await store(entry, scope, memory=memory)
            except (MemoryRejected, MemoryProtocolError) as exc:
                if isinstance(exc, MENDABLE):
                    raise
                yield "refused"
                continue
            await _note(atom.pk, target, atom_id)
            yield "found" if found else "stored"


def finish(target: str) -> None:
    """Point the ledger at the other service; the site has to be stopped meanwhile.

    Raises NotOver while something is left to copy, or to delete at the old service.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE memories_anchor, memories_atom IN SHARE MODE")
        now = plan(target)
        if now.left or now.undeleted:
            raise NotOver
        with connection.cursor() as cursor:
            # Ids of the old service could be taken for others at the new one.
            for statement in (
                *(POINT_ATOMS, LET_GO_ATOMS, POINT_ANCHORS),
                *(REMOVE_THERE, WITHDRAW_THERE),
            ):
                cursor.execute(statement, {"target": target})
        MovedAtom.objects.filter(target=target).delete()
        MovedAnchor.objects.filter(target=target).delete()


def _moved(target: str) -> QuerySet[MovedAtom]:
    return MovedAtom.objects.filter(atom=OuterRef("pk"), target=target)


def _anchors_now(target: str) -> list[UUID]:
    left = live().filter(~Exists(_moved(target))).order_by("anchor")
    return list(left.values_list("anchor", flat=True).distinct())


def _left_now(anchor_id: UUID, target: str) -> list[tuple[Atom, str]]:
    atoms = live().filter(~Exists(_moved(target)), anchor=anchor_id)
    return [
        (
            atom,
            str(turn.generation.conversation_id) if (turn := atom.brought_by) else "",
        )
        for atom in atoms.select_related("brought_by__generation").order_by(
            "created_at"
        )
    ]


async def _settled(
    anchor_id: UUID, target: str, memory: MaasClient
) -> tuple[str, bool, str]:
    """The anchor there, whether an earlier run made it, and its person's pseudonym."""
    anchor, maas_id = await _anchor(anchor_id, target)
    external_id = anchors.external_id(anchor)
    if maas_id:
        return maas_id, True, external_id
    name = "Learner" if anchor.lane == "tutor" else f"Pair with {anchor.key}"
    told = anchors.metadata(anchor.lane, external_id, anchor.key)
    created = await memory.create_anchor(name, metadata=told)
    await _note_anchor(anchor_id, target, created.anchor_id)
    return created.anchor_id, False, external_id


def _anchor_now(anchor_id: UUID, target: str) -> tuple[Anchor, str]:
    anchor = Anchor.objects.select_related("user").get(pk=anchor_id)
    there = MovedAnchor.objects.filter(anchor=anchor, target=target).first()
    return anchor, there.maas_id if there else ""


def _note_anchor_now(anchor_id: UUID, target: str, maas_id: str) -> None:
    MovedAnchor.objects.create(anchor_id=anchor_id, target=target, maas_id=maas_id)


def _note_now(atom_id: UUID, target: str, maas_id: str) -> None:
    MovedAtom.objects.get_or_create(
        atom_id=atom_id, target=target, defaults={"maas_id": maas_id}
    )


def _superseded_now(target: str, atom_id: UUID) -> list[str]:
    """The other service's ids of what this atom is true instead of."""
    old = MovedAtom.objects.filter(target=target, atom__superseded_by=atom_id)
    return list(old.order_by("created_at").values_list("maas_id", flat=True))


def _known_now(target: str, atom_ids: Sequence[str]) -> dict[str, Known]:
    taken = MovedAtom.objects.filter(target=target, maas_id__in=atom_ids)
    ids = taken.values_list("maas_id", flat=True)
    return {maas_id: Known(maas_id, "") for maas_id in ids}


_anchors = database_sync_to_async(_anchors_now, thread_sensitive=False)
_left = database_sync_to_async(_left_now, thread_sensitive=False)
_anchor = database_sync_to_async(_anchor_now, thread_sensitive=False)
_note_anchor = database_sync_to_async(_note_anchor_now, thread_sensitive=False)
_superseded = database_sync_to_async(_superseded_now, thread_sensitive=False)
_note = database_sync_to_async(_note_now, thread_sensitive=False)
_known = database_sync_to_async(_known_now, thread_sensitive=False)
