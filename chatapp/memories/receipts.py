"""What a page shows in place at a reply: a memory that it used, and what it brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chatapp.memories import forgetting
from chatapp.memories.models import HELD, Atom, TurnAtom, Wrong
from chatapp.memories.slips import Slip, slip_of, slips
from chatapp.memories.wrong import can_be_wrong

WRONG_WORDS = {
    "": "",
    Wrong.SENT: _("You said that it was wrong here. The memory service took note."),
    Wrong.UNKNOWN: _(
        "You said that it was wrong here. The memory service did not confirm it, and it"
        " is not sent twice."
    ),
    Wrong.REFUSED: _(
        "You said that it was wrong here. The memory service refused that."
    ),
    Wrong.SENDING: _(
        "You said that it was wrong here. Whether the memory service heard of it is not"
        " known, and it is not sent twice."
    ),
}


@dataclass(frozen=True)
class Card:
    """A memory at a reply: the turn's row `id`, and the ledger's atom as it is now.

    `slip` is None for what this site did not store. `restraint`: the reply used it by
    what it left unsaid. `verdict` explains what the
    evaluator found, `wrong` what became of the person's word.
    """

    id: int
    number: int
    slip: Slip | None
    content: str
    used: bool
    restraint: bool
    verdict: str
    wrong: str
    can_say_wrong: bool


@dataclass(frozen=True)
class TurnReceipt:
    """What was learnt from a turn. `undoable` counts what an undo would forget."""

    slips: Sequence[Slip]
    undoable: int


def card(row: TurnAtom, number: int) -> Card:
    """One memory of a turn; `row` comes with its record and atom."""
    return Card(
        id=row.pk,
        number=number,
        slip=slip_of(row.atom) if row.atom else None,
        content=row.content,
        used=row.used,
        restraint=row.used and row.restraint,
        verdict=row.verdict,
        wrong=str(WRONG_WORDS[row.wrong]),
        can_say_wrong=not row.wrong and can_be_wrong(row),
    )


def receipt(generation_id: UUID) -> TurnReceipt:
    """The atoms that this turn brought, as they are now."""
    brought = list(_brought(generation_id))
    held = sum(1 for atom in brought if atom.state in HELD)
    return TurnReceipt(slips(brought), held)


def undo(generation_id: UUID) -> int:
    """Forget what this turn brought, as one by one would; returns how many."""
    held = list(_brought(generation_id).filter(state__in=HELD))
    for atom in held:
        forgetting.forget(atom.pk)
    return len(held)


def _brought(generation_id: UUID) -> QuerySet[Atom]:
    return Atom.objects.filter(brought_by__generation=generation_id).order_by(
        "created_at"
    )
