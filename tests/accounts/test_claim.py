"""A guest signs in to an account: the other apps hear of it, nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client

from chatapp.accounts import claim
from chatapp.accounts.models import User
from chatapp.accounts.signals import guest_signed_in
from tests.accounts.people import sign_in, sign_up, whoever_is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

Heard = list[tuple[User, User]]


@pytest.fixture(name="heard")
def _heard() -> Iterator[Heard]:
    """Every (guest, user) that was announced."""
    heard: Heard = []

    def listen(guest: User, user: User, **_: Any) -> None:
        heard.append((guest, user))

    guest_signed_in.connect(listen)
    yield heard
    guest_signed_in.disconnect(listen)


def test_the_other_apps_hear_which_guest_it_was(
    guest_client: Client, ana: User, heard: Heard
) -> None:
    guest = User.objects.get(is_guest=True)
    assert sign_in(guest_client)["Location"] == "/"
    assert heard == [(guest, ana)]
    assert whoever_is_signed_in(guest_client) == ana
    assert User.objects.filter(pk=guest.pk, is_guest=True).exists()


def test_signing_up_moves_nothing(guest_client: Client, heard: Heard) -> None:
    sign_up(guest_client)
    assert heard == []


def test_a_stranger_brings_nothing(client: Client, ana: User, heard: Heard) -> None:
    sign_in(client)
    assert heard == []


def test_one_account_after_another_moves_nothing(
    client: Client, ana: User, heard: Heard
) -> None:
    client.force_login(User.objects.create_user("cem"))
    sign_in(client)
    assert whoever_is_signed_in(client) == ana
    assert heard == []


def test_when_the_move_fails_the_guest_stays_and_can_try_again(
    guest_client: Client, ana: User, heard: Heard
) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError

    guest_signed_in.connect(fail)
    guest_client.raise_request_exception = False
    try:
        assert sign_in(guest_client).status_code == 500
    finally:
        guest_signed_in.disconnect(fail)
    assert whoever_is_signed_in(guest_client) == User.objects.get(is_guest=True)

    sign_in(guest_client)
    assert heard[-1][1] == ana
    assert whoever_is_signed_in(guest_client) == ana


def test_a_guest_is_claimed_once(guest_client: Client) -> None:
    guest = User.objects.get()
    with transaction.atomic():
        claim.converted(guest).save()
    with pytest.raises(claim.AlreadyClaimed), transaction.atomic():
        claim.converted(guest)
    with transaction.atomic():
        assert claim.locked_guest(guest) is None


def test_a_stranger_is_no_guest(ana: User) -> None:
    assert not claim.is_guest(AnonymousUser())
    assert not claim.is_guest(ana)
    assert claim.locked_guest(AnonymousUser()) is None
