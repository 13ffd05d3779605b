"""What the Memory panel and the Memory page list: grouped by type, searched, in pages.

The database searches, counts and cuts, so that ten thousand atoms cost a page no more
than ten. Nothing here says "saved" of an atom that the service has not confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Window,
)
from django.db.models.expressions import OrderBy, RawSQL
from django.db.models.functions import RowNumber

from chatapp.accounts.models import User
from chatapp.memories.gate import FORGOTTEN
from chatapp.memories.ledger import alive, current
from chatapp.memories.models import HELD, Anchor, Atom, AtomState, Evidence
from chatapp.memories.slips import LABELS, Slip, slips

FIRST = 8
"""Of each type, at first."""
MORE = 40
"""Of one type, with each press of "Show more"."""
NEWEST = ("-pinned", "-created_at", "-pk")
IN_CONVERSATION = """
    EXISTS (SELECT 1 FROM memories_evidence AS proof
            JOIN conversations_pathentry AS entry ON entry.message_id = proof.message_id
            WHERE proof.atom_id = memories_atom.id AND entry.conversation_id = %s)
"""


@dataclass(frozen=True)
class Look:
    """Which memories are looked at: all of a person's, of one scope, of one thread.

    `hidden` are conversations whose paths do not count; `query` is what was typed.
    """

    user: User
    anchor: Anchor | None = None
    conversation: UUID | None = None
    hidden: Sequence[UUID] = ()
    query: str = ""


@dataclass(frozen=True)
class Group:
    """The memories of one type: the first of them, and how many there are."""

    type: str
    label: str
    count: int
    slips: Sequence[Slip]
    more_from: int


def matching(look: Look) -> QuerySet[Atom]:
    """What is remembered there and holds the words that are looked for.

    What something else is true instead of now stands below that as what was, for as
    long as that is live.
    """
    atoms = Atom.objects.filter(anchor__user=look.user, state__in=HELD)
    if look.anchor is not None:
        atoms = atoms.filter(anchor=look.anchor)
    atoms = current(atoms, look.hidden)
    if look.conversation is not None:
        there = RawSQL(
            IN_CONVERSATION, [look.conversation], output_field=BooleanField()
        )
        atoms = atoms.filter(there)
    for word in look.query.split():
        quoted = Evidence.objects.filter(atom=OuterRef("pk"), quote__icontains=word)
        atoms = atoms.filter(Q(content__icontains=word) | Exists(quoted))
    return atoms


def groups(look: Look, here: UUID | None = None) -> list[Group]:
    """Each type with its first atoms, pinned and newest before; six queries in all."""
    whole = Window(Count("pk"), partition_by="atom_type")
    place = Window(RowNumber(), partition_by="atom_type", order_by=_order())
    first = matching(look).annotate(of_type=whole, place=place).filter(place__lte=FIRST)
    atoms = list(first.order_by("place"))
    found: defaultdict[str, list[Slip]] = defaultdict(list)
    counts: dict[str, int] = {}
    for atom, slip in zip(atoms, slips(atoms, here, look.hidden), strict=True):
        found[atom.atom_type].append(slip)
        counts[atom.atom_type] = atom.of_type
    return [
        _group(kind, found[kind], counts[kind], upto=FIRST)
        for kind in (*LABELS, *sorted(found.keys() - LABELS.keys()))
        if kind in found
    ]


def more(look: Look, kind: str, begin: int, here: UUID | None = None) -> Group:
    """The next atoms of one type, behind the first `begin`."""
    atoms = matching(look).filter(atom_type=kind)
    page = list(atoms.order_by(*NEWEST)[begin : begin + MORE])
    shown = slips(page, here, look.hidden)
    return _group(kind, shown, atoms.count(), upto=begin + MORE)


def waiting(look: Look, here: UUID | None = None) -> list[Slip]:
    """What was said anew after it had been forgotten, and is asked about."""
    asked = Atom.objects.filter(
        anchor__user=look.user, state=AtomState.WAITING, waits_for=FORGOTTEN
    )
    if look.anchor is not None:
        asked = asked.filter(anchor=look.anchor)
    first = alive(asked, look.hidden).order_by("created_at")[:MORE]
    return slips(list(first), here, look.hidden)


def _group(kind: str, shown: Sequence[Slip], count: int, *, upto: int) -> Group:
    return Group(
        type=kind,
        label=str(LABELS.get(kind, kind)),
        count=count,
        slips=shown,
        more_from=upto if upto < count else 0,
    )


def _order() -> list[OrderBy]:
    return [F(name.removeprefix("-")).desc() for name in NEWEST]
