"""From guest to account: sign up in the same row, or sign in to another one."""

from __future__ import annotations

from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser

from chatapp.accounts import signals
from chatapp.accounts.models import User

WAS = "was"
"""In the session of somebody who has signed in: the guest that they were here before."""


def is_guest(user: User | AnonymousUser) -> TypeGuard[User]:
    """True for the session of a guest, as it was when the request began."""
    return isinstance(user, User) and user.is_guest


class AlreadyClaimed(Exception):
    """The guest signed up a moment ago, for instance in another tab."""


def locked_guest(user: User | AnonymousUser) -> User | None:
    """The row behind a session's user if it is a guest's, locked against claiming it."""
    if not is_guest(user):
        return None
    row = User.objects.select_for_update(no_key=True).filter(pk=user.pk)
    return row.filter(is_guest=True).first()


def converted(guest: User) -> User:
    """The guest's row, locked and no longer a guest's; the caller fills in and saves it.

    Conversations, anchors and pseudonyms hang on the row, so all of them stay.
    Call it in a transaction. Raises `AlreadyClaimed`.
    """
    row = User.objects.select_for_update(no_key=True).get(pk=guest.pk)
    if not row.is_guest:
        raise AlreadyClaimed
    row.is_guest = False
    return row


def guest_signed_in(guest: User, user: User) -> None:
    """Tell the apps that keep things for `guest` that it is `user`; delete nothing."""
    signals.guest_signed_in.send(sender=User, guest=guest, user=user)
