"""Atoms that lie at the memory service when the account that they belong to is deleted.

Their ids alone are kept, noted in the transaction that deletes the rows, until the
service has deleted them. A service without a delete is asked nothing: there they stay,
under a pseudonym that nothing here points to any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import ngettext

from chatapp.accounts.leaving import Line
from chatapp.accounts.models import User
from chatapp.memories.models import HELD, Anchor, Atom, AtomState, Orphan


def tell(user: User) -> Iterator[Line]:
    """What is remembered of a person who deletes their account."""
    there = (*HELD, AtomState.WAITING)
    known = Atom.objects.filter(
        anchor__user=user, state__in=there, superseded_by=None
    ).count()
    if known:
        text = ngettext("%(n)s memory", "%(n)s memories", known)
        yield Line(text % {"n": known})


def note(instance: Anchor, **_: Any) -> None:
    """Receiver of `pre_delete` of an anchor: what it holds is to be deleted upstream."""
    there = Atom.objects.filter(anchor=instance).exclude(maas_id="")
    left = there.exclude(state=AtomState.DELETED).values_list("maas_id", flat=True)
    keep(left)


def keep(maas_ids: Iterable[str]) -> None:
    """Have these deleted at the service, which confirmed them, if it can do that."""
    if settings.EMBEDDED_MAAS:
        rows = (Orphan(maas_id=maas_id) for maas_id in maas_ids)
        Orphan.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def confirmed_late(client_ref: UUID, maas_id: str) -> None:
    """The service keeps what was deleted here while it was on its way there."""
    known = Atom.objects.filter(Q(client_ref=client_ref) | Q(maas_id=maas_id))
    if not known.exists():
        keep([maas_id])


def waiting(limit: int) -> list[tuple[int, str]]:
    """The oldest that are still to be deleted, with the service's id of each."""
    return list(Orphan.objects.order_by("pk").values_list("pk", "maas_id")[:limit])


def gone(pk: int) -> None:
    """The service has it no more, or never lets it go."""
    Orphan.objects.filter(pk=pk).delete()
