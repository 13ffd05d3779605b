"""Between the ledger and the service: what is to be stored, and what it confirmed.

Only `confirm` makes an atom saved, and pages say so of saved atoms alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chatapp.memories import orphans
from chatapp.memories.merge import merge
from chatapp.memories.models import LET_GO, Atom, AtomState, Removal, Upstream
from memory.extract import Candidate, realm_of
from memory.store import Entry


def entry_of(atom: Atom, supersedes: Sequence[str] = ()) -> Entry:
    """The atom as the step that stores it needs it."""
    return Entry(
        client_ref=str(atom.client_ref),
        supersedes=tuple(supersedes),
        candidate=Candidate(
            atom_type=atom.atom_type,
            content=atom.content,
            confidence=atom.confidence,
            quote="",
            speaker="assistant" if atom.speaker == "assistant" else "user",
            source_type=atom.source_type,
            about=atom.about,
            on_date=atom.on_date,
            realm=realm_of({"realm": atom.realm}, "user"),
            role=str(atom.role or ""),
        ),
    )


def superseded_in(scope: str, atom: Atom) -> tuple[str, ...]:
    """The service's ids of what this atom is true instead of, stored in that scope.

    Ids of another scope, one that was lost or left, would mean nothing there.
    """
    old = Atom.objects.filter(superseded_by=atom, scope=scope).exclude(maas_id="")
    return tuple(old.order_by("created_at").values_list("maas_id", flat=True))


def confirm(client_ref: UUID, atom_id: str, scope: str) -> None:
    """The service keeps this atom as `atom_id` in `scope`.

    A service that answers with the id of an atom we have already takes the two for
    one: so do we.
    """
    with transaction.atomic(savepoint=False):  # part of the caller's, if there is one
        atom = Atom.objects.select_for_update().filter(client_ref=client_ref).first()
        if atom is None:
            orphans.confirmed_late(client_ref, atom_id)
            return
        if atom.state in LET_GO:
            _confirm_late(atom, atom_id, scope)
            return
        if atom.state == AtomState.FORGOTTEN:
            _confirm_forgotten(atom, atom_id, scope)
            return
        same = Atom.objects.filter(anchor_id=atom.anchor_id, maas_id=atom_id)
        if twin := same.exclude(pk=atom.pk).first():
            merge(atom, into=twin)
            # The service goes on with an atom that the ledger had let go.
            Atom.objects.filter(pk=twin.pk, state__in=LET_GO).update(
                state=AtomState.SAVED, content=atom.content, problem=""
            )
            return
        Atom.objects.filter(pk=atom.pk).update(
            maas_id=atom_id,
            scope=scope,
            state=AtomState.SAVED,
            saved_at=timezone.now(),
            problem="",
        )


def _confirm_late(atom: Atom, atom_id: str, scope: str) -> None:
    """It was stored while its evidence was removed: now it can be deleted there."""
    masked = atom.state == AtomState.MASKED
    Atom.objects.filter(pk=atom.pk).update(
        maas_id=atom_id,
        scope=scope,
        state=AtomState.MASKED if masked else AtomState.WITHDRAWN,
    )


def _confirm_forgotten(atom: Atom, atom_id: str, scope: str) -> None:
    """It was stored while its person let it go: it stays masked, and is deleted."""
    Atom.objects.filter(pk=atom.pk).update(maas_id=atom_id, scope=scope)
    Removal.objects.filter(atom=atom).update(
        was=AtomState.SAVED, erased_at=None, upstream=Upstream.WAITING
    )
