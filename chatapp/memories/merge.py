"""Two atoms that say the same become one, which the evidence of both proves.

One that says what is true instead of another keeps it, with its date, and takes its
place in every prompt for as long as it is live itself. When unsure, both stay.
"""

from __future__ import annotations

from django.db.models import QuerySet

from chatapp.memories.models import Atom, Evidence, TurnAtom
from memory.changes import replaces
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


def supersede(atom: Atom, *, among: QuerySet[Atom]) -> int:
    """Put this new atom in the place of those that it makes untrue; returns how many.

    Only older ones of the same kind, about the same person and in the same realm.
    """
    older = among.filter(
        atom_type=atom.atom_type, about=atom.about, valid_from__lte=atom.valid_from
    ).exclude(pk=atom.pk)
    newest = older.order_by("-created_at")[:MOST_COMPARED]
    untrue = [old.pk for old in newest if replaces(atom.content, old.content)]
    return Atom.objects.filter(pk__in=untrue).update(superseded_by=atom)


def merge(atom: Atom, *, into: Atom) -> None:
    """Give `atom`'s evidence and history to `into` and delete it; in a transaction."""
    proven = set(into.evidence.values_list("message_id", "quote"))
    for evidence in atom.evidence.all():
        if (evidence.message_id, evidence.quote) not in proven:
            Evidence.objects.filter(pk=evidence.pk).update(atom=into)
    TurnAtom.objects.filter(atom=atom).update(atom=into)
    Atom.objects.filter(pk=into.pk).update(
        pinned=into.pinned or atom.pinned,
        by_hand=into.by_hand or atom.by_hand,
        graded=into.graded or atom.graded,
    )
    # What is said again is true again, and what it replaced it still replaces.
    Atom.objects.filter(superseded_by=atom).exclude(pk=into.pk).update(
        superseded_by=into
    )
    if atom.superseded_by_id is None:
        Atom.objects.filter(pk=into.pk).update(superseded_by=None)
    atom.delete()
