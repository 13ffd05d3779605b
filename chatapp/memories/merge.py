"""Two atoms that say the same become one, which the evidence of both proves."""

from __future__ import annotations

from django.db.models import QuerySet

from chatapp.memories.models import Atom, Evidence, TurnAtom
from memory.extract import SAME_FACT
from memory.words import same_statement

MOST_COMPARED = 500
"""Newest atoms of a type that another one is compared with."""


def twin_of(atom_type: str, content: str, *, among: QuerySet[Atom]) -> Atom | None:
    """The newest of these atoms that states the same."""
    known = among.filter(atom_type=atom_type)
    for atom in known.order_by("-created_at")[:MOST_COMPARED]:
        if same_statement(atom.content, content, least=SAME_FACT):
            return atom
    return None


def merge(atom: Atom, *, into: Atom) -> None:
    """Give `atom`'s evidence and history to `into` and delete it; in a transaction."""
    proven = set(into.evidence.values_list("message_id", "quote"))
    for evidence in atom.evidence.all():
        if (evidence.message_id, evidence.quote) not in proven:
            Evidence.objects.filter(pk=evidence.pk).update(atom=into)
    TurnAtom.objects.filter(atom=atom).update(atom=into)
    Atom.objects.filter(pk=into.pk).update(
        pinned=into.pinned or atom.pinned, by_hand=into.by_hand or atom.by_hand
    )
    atom.delete()
