"""Moves what is remembered in one anchor to another: a guest has signed in.

The rows move at once, so that nothing is recalled from the old scope any more. At the
service the atoms are stored anew, by `restore`; until it confirms them they are
pending, and pages say so.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from chatapp.memories.merge import merge, twin_of
from chatapp.memories.models import (
    LET_GO,
    Anchor,
    Atom,
    AtomState,
    Removal,
    TurnRecord,
)


def move(old: Anchor, new: Anchor) -> int:
    """Move turn records and atoms; returns how many atoms are to be stored again.

    An atom that states what the new anchor holds already only adds its evidence.
    """
    with transaction.atomic():
        # First the records: a job that is learning one of them holds its row, and
        # sees the move before it writes its next atom.
        TurnRecord.objects.filter(anchor=old).update(anchor=new)
        Removal.objects.filter(anchor=old).update(anchor=new)
        gone = (*LET_GO, AtomState.FORGOTTEN)
        there = Atom.objects.filter(anchor=new).exclude(state__in=gone)
        moved = 0
        for atom in list(Atom.objects.select_for_update().filter(anchor=old)):
            if atom.state in gone:
                Atom.objects.filter(pk=atom.pk).update(anchor=new)
                continue
            same = there.filter(realm=atom.realm, role=atom.role)
            twin = twin_of(atom.atom_type, atom.content, among=same)
            if twin is not None:
                merge(atom, into=twin)
                continue
            _take_over(atom, new)
            moved += bool(atom.scope) and atom.state == AtomState.PENDING
    return moved


def _take_over(atom: Atom, anchor: Anchor) -> None:
    """The atom below its new anchor; `scope` still says where it lies at the service."""
    if atom.state == AtomState.SAVED:
        atom.state = AtomState.PENDING
    atom.anchor = anchor
    atom.client_ref = uuid.uuid4()  # the service knows the old one, elsewhere
    atom.maas_id = ""
    atom.saved_at = None
    atom.save()
