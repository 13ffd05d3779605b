"""Asks before delicate things are kept: once per kind, and the answer can be changed.

Until then such atoms wait, visibly. Yes has them stored, no discards them and what
comes of that kind later. What was removed and then said anew is asked about by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import User
from chatapp.memories import forgetting, tombstones
from chatapp.memories.correcting import keep
from chatapp.memories.gate import ANYWAY, FORGOTTEN
from chatapp.memories.models import (
    HELD,
    Atom,
    AtomState,
    Removal,
    SensitiveChoice,
    Why,
)
from memory.sensitive import KINDS

NAMES: Mapping[str, Promise] = MappingProxyType(
    {
        "health": _("your health"),
        "sexuality": _("your sexuality"),
        "religion": _("your religion or belief"),
        "politics": _("your politics"),
        "money": _("your money"),
        "secrets": _("what others told you in confidence"),
    }
)


@dataclass(frozen=True)
class Kind:
    """One kind of delicate fact: `allowed` is None while the person was not asked."""

    name: str
    label: str
    allowed: bool | None
    waiting: int
    kept: int


def kinds_of(user: User) -> list[Kind]:
    """Every kind, with what was answered, what waits and what is kept."""
    choices = dict(user.sensitive_choices.values_list("kind", "allowed"))
    rows = (
        Atom.objects.filter(anchor__user=user)
        .exclude(sensitive="")
        .order_by()
        .values_list("sensitive")
        .annotate(
            waiting=Count("pk", filter=Q(state=AtomState.WAITING)),
            kept=Count("pk", filter=Q(state__in=HELD)),
        )
    )
    counts = {kind: (waiting, kept) for kind, waiting, kept in rows}
    return [
        Kind(name, str(NAMES[name]), choices.get(name), *counts.get(name, (0, 0)))
        for name in KINDS
    ]


def bring_answers(guest: User, user: User) -> None:
    """What a guest answered goes for the account too, where that has no answer yet.

    Sharing does not come along: whoever has an account decides it there.
    """
    SensitiveChoice.objects.bulk_create(
        (
            SensitiveChoice(user=user, kind=choice.kind, allowed=choice.allowed)
            for choice in guest.sensitive_choices.all()
        ),
        ignore_conflicts=True,
    )


def waiting_for(user: User, kind: str) -> list[Atom]:
    """The atoms that wait for this answer."""
    return list(
        Atom.objects.filter(
            anchor__user=user, state=AtomState.WAITING, waits_for=kind
        ).order_by("created_at")
    )


def answer(user: User, kind: str, *, allowed: bool) -> None:
    """Remember, or never remember, facts of this kind. Raises KeyError for no kind."""
    if kind not in KINDS:
        raise KeyError(kind)
    with transaction.atomic():
        SensitiveChoice.objects.update_or_create(
            user=user, kind=kind, defaults={"allowed": allowed}
        )
        held = Atom.objects.select_for_update(no_key=True).filter(
            anchor__user=user, state=AtomState.WAITING, waits_for=kind
        )
        atoms = list(held)
        if allowed:
            _store(atoms)
        else:
            for atom in atoms:
                forgetting.let_go(atom, Why.DECLINED, AtomState.FORGOTTEN)


def forget_kind(user: User, kind: str) -> int:
    """Forget what is kept of this kind; returns how many. Boundaries stay."""
    kept = Atom.objects.filter(
        anchor__user=user, sensitive=kind, state__in=HELD
    ).exclude(atom_type__in=ANYWAY)
    ids = list(kept.values_list("pk", flat=True))
    for atom_id in ids:
        forgetting.forget(atom_id)
    return len(ids)


def remember_again(atom_id: UUID) -> None:
    """Take in what the person had removed before and said anew; else changes nothing."""
    with transaction.atomic():
        atom = forgetting.held(atom_id)
        if (atom.state, atom.waits_for) != (AtomState.WAITING, FORGOTTEN):
            return
        same = Removal.objects.filter(
            anchor=atom.anchor_id,
            digest=tombstones.digest(atom.anchor_id, atom.content),
        )
        same.update(digest="")  # it is welcome from now on
        _store([atom])


def _store(atoms: Sequence[Atom]) -> None:
    """Have them stored, or wait for what is still to be asked."""
    for atom in atoms:
        waits_for = _still_asked(atom)
        Atom.objects.filter(pk=atom.pk).update(
            waits_for=waits_for,
            state=AtomState.WAITING if waits_for else AtomState.PENDING,
        )
    for anchor_id in {atom.anchor_id for atom in atoms}:
        keep(anchor_id)


def _still_asked(atom: Atom) -> str:
    if not atom.sensitive or atom.atom_type in ANYWAY:
        return ""
    owner = SensitiveChoice.objects.filter(
        user__anchor=atom.anchor_id, kind=atom.sensitive, allowed=True
    )
    return "" if owner.exists() else atom.sensitive
