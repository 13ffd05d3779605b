"""Makes one atom of two that say the same: the evidence of both proves the one."""

from __future__ import annotations

from chatapp.memories.models import Atom, Evidence, TurnAtom


def merge(atom: Atom, *, into: Atom) -> None:
    """Give `atom`'s evidence and history to `into` and delete it; in a transaction."""
    proven = set(into.evidence.values_list("message_id", "quote"))
    for evidence in atom.evidence.all():
        if (evidence.message_id, evidence.quote) not in proven:
            Evidence.objects.filter(pk=evidence.pk).update(atom=into)
    TurnAtom.objects.filter(atom=atom).update(atom=into)
    if atom.pinned and not into.pinned:
        Atom.objects.filter(pk=into.pk).update(pinned=True)
    atom.delete()
