"""Guests who do not come back are forgotten, and nobody else is."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.signals import pre_delete
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts import guests
from chatapp.accounts.models import AddressBucket, User

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=31)


def person(name: str, ago: timedelta | None, **more: Any) -> User:
    """Somebody last seen `ago`, or never."""
    seen = None if ago is None else timezone.now() - ago
    return User.objects.create(username=name, last_seen_at=seen, **more)


def names() -> set[str]:
    """Who is left."""
    return set(User.objects.values_list("username", flat=True))


def test_the_command_removes_who_did_not_come_back(settings: Settings) -> None:
    settings.GUEST_DAYS = 30
    person("gone", LONG_AGO, is_guest=True)
    person("here", timedelta(days=29), is_guest=True)
    person("account", LONG_AGO)
    output = StringIO()
    call_command("remove_guests", stdout=output)
    assert names() == {"here", "account"}
    assert output.getvalue() == "Removed 1 guest not seen for 30 days.\n"


def test_a_guest_never_seen_counts_from_the_first_day() -> None:
    old = person("old", None, is_guest=True)
    User.objects.filter(pk=old.pk).update(date_joined=timezone.now() - LONG_AGO)
    person("new", None, is_guest=True)
    assert guests.remove_old_guests() == 1
    assert names() == {"new"}


def test_every_batch_goes_through_the_orm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guests, "BATCH", 2)
    for number in range(5):
        person(f"g{number}", LONG_AGO, is_guest=True)
    told: list[str] = []

    def listen(instance: User, **_: Any) -> None:
        told.append(instance.username)

    pre_delete.connect(listen, sender=User)
    try:
        assert guests.remove_old_guests() == 5
    finally:
        pre_delete.disconnect(listen, sender=User)
    assert sorted(told) == ["g0", "g1", "g2", "g3", "g4"]


def test_addresses_are_forgotten_with_them() -> None:
    hour = timedelta(hours=1, seconds=1)
    AddressBucket.objects.create(
        address_hash="x", tokens=3, updated_at=timezone.now() - hour
    )
    call_command("remove_guests", stdout=StringIO())
    assert not AddressBucket.objects.exists()
