"""What the Memory panel and the Memory page list: grouped by type, searched, in pages.

The database searches, counts and cuts. Without words to look for, a page reads no more
of ten thousand atoms than of some hundred (`few`), and numbers stop there, too. Nothing
here says "saved" of an atom that the service has not confirmed.
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
from chatapp.memories import few
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
    """The memories of one type: the first of them, and how many there are.

    `count` is exact below `few.MOST_COUNTED`. `more_from` asks for those behind the
    last one, "" when there are none.
    """

    type: str
    label: str
    count: int
    slips: Sequence[Slip]
    more_from: str

    @property
    def told(self) -> str:
        """The number as pages show it."""
        return beyond(self.count) or str(self.count)


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
    counted = _first(look)
    by_id = Atom.objects.in_bulk(list(counted))
    # One that was let go a moment ago is not there any more.
    atoms = [by_id[pk] for pk in counted if pk in by_id]
    found: defaultdict[str, list[tuple[Atom, Slip]]] = defaultdict(list)
    for atom, slip in zip(atoms, slips(atoms, here, look.hidden), strict=True):
        found[atom.atom_type].append((atom, slip))
    return [
        _group(kind, found[kind], counted[found[kind][0][0].pk])
        for kind in (*LABELS, *sorted(found.keys() - LABELS.keys()))
        if kind in found
    ]


def more(look: Look, kind: str, begin: str, here: UUID | None = None) -> Group:
    """The next atoms of one type, behind the place `begin`; none behind no place."""
    place = few.Place.of(begin)
    ids = _behind(look, kind, place) if place else []
    by_id = Atom.objects.in_bulk(ids[:MORE])
    atoms = [by_id[pk] for pk in ids[:MORE] if pk in by_id]
    shown = list(zip(atoms, slips(atoms, here, look.hidden), strict=True))
    return _group(kind, shown, len(shown) + (len(ids) > MORE))


def beyond(count: int) -> str:
    """What pages say of a count that has stopped; "" for one that is exact."""
    return "" if count < few.MOST_COUNTED else f"{few.MOST_COUNTED}+"


def waiting(look: Look, here: UUID | None = None) -> list[Slip]:
    """What was said anew after it had been forgotten, and is asked about."""
    asked = Atom.objects.filter(
        anchor__user=look.user, state=AtomState.WAITING, waits_for=FORGOTTEN
    )
    if look.anchor is not None:
        asked = asked.filter(anchor=look.anchor)
    first = alive(asked, look.hidden).order_by("created_at")[:MORE]
    return slips(list(first), here, look.hidden)


def _first(look: Look) -> dict[UUID, int]:
    """The first atoms of each type in order, each with how many its type has."""
    if _is_whole(look):
        anchor = look.anchor.pk if look.anchor else None
        return few.first(look.user.pk, anchor, look.hidden, FIRST)
    whole = Window(Count("pk"), partition_by="atom_type")
    place = Window(RowNumber(), partition_by="atom_type", order_by=_order())
    rows = matching(look).annotate(of_type=whole, place=place).filter(place__lte=FIRST)
    return dict(rows.order_by("place").values_list("pk", "of_type"))


def _behind(look: Look, kind: str, place: few.Place) -> list[UUID]:
    """What comes behind that place, one more than a page takes."""
    if _is_whole(look):
        anchor = look.anchor.pk if look.anchor else None
        return few.behind(look.user.pk, anchor, look.hidden, kind, place, MORE + 1)
    later = Q(pinned=place.pinned, created_at=place.at, pk__lt=place.id)
    later |= Q(pinned=place.pinned, created_at__lt=place.at)
    if place.pinned:
        later |= Q(pinned=False)
    rows = matching(look).filter(later, atom_type=kind).order_by(*NEWEST)
    return list(rows.values_list("pk", flat=True)[: MORE + 1])


def _is_whole(look: Look) -> bool:
    """Whether nothing is looked for but what a scope, or a person, has."""
    return not look.query and look.conversation is None


def _group(kind: str, shown: Sequence[tuple[Atom, Slip]], count: int) -> Group:
    last = shown[-1][0] if shown else None
    is_all = last is None or count <= len(shown)
    return Group(
        type=kind,
        label=str(LABELS.get(kind, kind)),
        count=count,
        slips=[slip for _, slip in shown],
        more_from=""
        if is_all or last is None
        else str(few.Place(last.pinned, last.created_at, last.pk)),
    )


def _order() -> list[OrderBy]:
    return [F(name.removeprefix("-")).desc() for name in NEWEST]
