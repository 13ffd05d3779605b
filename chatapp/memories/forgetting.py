"""Forget an atom: masked at once, removed when the time for an undo is over.

What is removed where stands on its `Removal`, which the page shows as a receipt. It
says of the memory service only what that confirmed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import User
from chatapp.memories import tombstones
from chatapp.memories.models import (
    Atom,
    AtomState,
    Evidence,
    Removal,
    TurnAtom,
    TurnCall,
    TurnRecord,
    Upstream,
    Why,
)

SLACK = timedelta(seconds=2)
"""An undo that was pressed in time, and whose request took long, still counts."""
LEAVES = (AtomState.WAITING, AtomState.PENDING, AtomState.SAVED, AtomState.FAILED)
"""What can be let go."""
AT_SERVICE = {
    Upstream.WAITING: _("Being removed; the memory service has not confirmed it yet."),
    Upstream.DELETED: _("Memory service: deleted, and it confirmed that."),
    Upstream.MASKED: _(
        "Memory service: it can not delete. A copy stays there under a pseudonym, and"
        " this site lets it into no reply."
    ),
    Upstream.NEVER: _("Memory service: it was never stored there."),
}
"""What a receipt says of the memory service."""


AT_ONCE = 500


class TooLate(Exception):
    """The time for an undo is over."""


@dataclass(frozen=True)
class Receipt:
    """What a removal took away; `seconds_left` is the time in which it can be undone.

    `quotes` and `turns` are how many quotes and records of turns held its text.
    """

    why: str
    at: datetime
    due_at: datetime
    seconds_left: float
    erased_at: datetime | None
    upstream: str
    quotes: int
    turns: int
    blocks: bool

    @property
    def at_service(self) -> Promise:
        """What became of it at the memory service, as a sentence."""
        return AT_SERVICE[Upstream(self.upstream)]


def forget(atom_id: UUID, *, undo_s: float | None = None) -> Removal:
    """Let an atom go for good; again changes nothing.

    Nothing is learnt again from the same words, and the person saying the same anew is
    asked first. Raises Atom.DoesNotExist.
    """
    with transaction.atomic():
        atom = held(atom_id)
        if removal := Removal.objects.filter(atom=atom).first():
            return removal
        removal = let_go(atom, Why.FORGOTTEN, AtomState.FORGOTTEN, undo_s=undo_s)
        Removal.objects.filter(pk=removal.pk).update(
            digest=tombstones.digest(atom.anchor_id, atom.content)
        )
    return removal


def forget_all(user: User) -> int:
    """Let go of everything of this person at once, for good; returns how many.

    Part of the caller's transaction. What could still be undone goes with the rest.
    """
    now = timezone.now()
    Removal.objects.filter(anchor__user=user, erased_at=None).update(due_at=now)
    atoms = Atom.objects.filter(anchor__user=user, state__in=LEAVES).order_by("pk")
    held = list(atoms.select_for_update(no_key=True, of=("self",)))
    for start in range(0, len(held), AT_ONCE):
        few = held[start : start + AT_ONCE]
        quotes = dict(
            Evidence.objects.filter(atom__in=few)
            .order_by()
            .values_list("atom")
            .annotate(Count("pk"))
        )
        turns = _turns(few)
        removals = Removal.objects.bulk_create(
            Removal(
                atom=atom,
                anchor_id=atom.anchor_id,
                why=Why.FORGOTTEN,
                was=atom.state,
                due_at=now,
                quotes=quotes.get(atom.pk, 0),
                turns=turns.get(atom.pk, 0),
                digest=tombstones.digest(atom.anchor_id, atom.content),
            )
            for atom in few
        )
        tombstones.bury(removals)
        ids = [atom.pk for atom in few]
        Atom.objects.filter(pk__in=ids).update(state=AtomState.FORGOTTEN, pinned=False)
    return len(held)


def _turns(atoms: Sequence[Atom]) -> Counter[UUID]:
    """How many records of turns have words of each of these atoms: see `wipe`."""
    held = TurnAtom.objects.filter(atom__in=atoms).values_list("atom", "record")
    proved = Evidence.objects.filter(atom__in=atoms).values_list("atom", "record")
    pairs = {*held, *proved, *((atom.pk, atom.brought_by_id) for atom in atoms)}
    return Counter(atom for atom, record in pairs if record)


def let_go(
    atom: Atom, why: Why, state: AtomState, *, undo_s: float | None = None
) -> Removal:
    """Mask a held atom and write its receipt; part of the caller's transaction."""
    wait = settings.UNDO_S if undo_s is None else undo_s
    removal = Removal.objects.create(
        atom=atom,
        anchor_id=atom.anchor_id,
        why=why,
        was=atom.state,
        due_at=timezone.now() + timedelta(seconds=wait),
        quotes=Evidence.objects.filter(atom=atom).count(),
        turns=_turns([atom])[atom.pk],
    )
    tombstones.bury([removal])
    Atom.objects.filter(pk=atom.pk).update(state=state)
    return removal


def undo(atom_id: UUID) -> None:
    """Take the removal back; what was not removed changes nothing. Raises TooLate."""
    with transaction.atomic():
        atom = held(atom_id)
        removal = Removal.objects.filter(atom=atom).first()
        if removal is None:
            return
        if removal.erased_at or timezone.now() > removal.due_at + SLACK:
            raise TooLate
        Atom.objects.filter(pk=atom.pk).update(state=removal.was)
        removal.delete()


def held(atom_id: UUID) -> Atom:
    """The atom, its row held until the transaction ends. Raises Atom.DoesNotExist."""
    return Atom.objects.select_for_update(no_key=True).get(pk=atom_id)


def receipt(removal: Removal) -> Receipt:
    """The removal as the page shows it."""
    left = (removal.due_at - timezone.now()).total_seconds()
    return Receipt(
        why=removal.why,
        at=removal.at,
        due_at=removal.due_at,
        seconds_left=0.0 if removal.erased_at else max(0.0, left),
        erased_at=removal.erased_at,
        upstream=removal.upstream,
        quotes=removal.quotes,
        turns=removal.turns,
        blocks=bool(removal.digest),
    )


def due(*, limit: int) -> list[tuple[UUID, str]]:
    """Atoms whose undo is over, with the service's id of each."""
    over = Removal.objects.filter(
        erased_at=None, due_at__lt=timezone.now() - SLACK
    ).order_by("due_at")
    return list(over.values_list("atom", "atom__maas_id")[:limit])


def erase(atom_id: UUID, upstream: Upstream) -> None:
    """Take the text out of the ledger and the records of turns; the receipt stays.

    `upstream` is what became of it at the service.
    """
    with transaction.atomic():
        atom = held(atom_id)
        removal = Removal.objects.filter(atom=atom, erased_at=None).first()
        if removal is None:
            return  # undone at this moment
        wipe(atom.pk)
        Evidence.objects.filter(atom=atom).delete()
        state = AtomState(atom.state)
        if removal.why == Why.CORRECTED:
            masked = upstream == Upstream.MASKED
            state = AtomState.MASKED if masked else AtomState.DELETED
        Atom.objects.filter(pk=atom.pk).update(
            content="", about="", pinned=False, state=state
        )
        removal.erased_at, removal.upstream = timezone.now(), upstream
        removal.save(update_fields=["erased_at", "upstream"])


def wipe(atom_id: UUID) -> None:
    """Take an atom's words out of the records of turns; part of the caller's transaction.

    They stand in what was asked and answered in those turns, too.
    """
    turns = TurnRecord.objects.filter(
        Q(atoms__atom=atom_id) | Q(evidence__atom=atom_id) | Q(brought=atom_id)
    )
    TurnCall.objects.filter(record__in=turns).update(request="", response="")
    TurnAtom.objects.filter(atom=atom_id).update(content="", verdict="")
