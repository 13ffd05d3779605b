"""Somebody deletes their account: what goes and what stays is told first, then it goes.

The apps above know what hangs on a person; each tells it in its own words (`register`).
The deletion is one transaction: all of it, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from chatapp.accounts.models import User


@dataclass(frozen=True)
class Line:
    """One line of what becomes of something. `stays`: others go on having it."""

    text: str
    stays: bool = False


Teller = Callable[[User], Iterable[Line]]
_TELLERS: list[Teller] = []


def register(teller: Teller) -> None:
    """Have an app tell what of it hangs on a person; once, at its start."""
    _TELLERS.append(teller)


def told(user: User) -> list[Line]:
    """What becomes of everything of this person, in the order of the apps."""
    return [line for teller in _TELLERS for line in teller(user)]


def leave(user: User) -> None:
    """Delete the person with all that hangs on them; again changes nothing.

    Through the ORM, so that the rules and signals of other apps hold.
    """
    with transaction.atomic():
        # Locked: nobody signs up in this row, and nothing new is hung on it meanwhile.
        row = User.objects.select_for_update().filter(pk=user.pk).first()
        if row is not None:
            row.delete()
