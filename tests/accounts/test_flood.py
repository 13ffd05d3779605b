"""So many guests an hour from one address, counted without keeping the address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from chatapp.accounts import flood
from chatapp.accounts.models import AddressBucket

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_an_hour(settings: Settings) -> None:
    settings.GUESTS_PER_HOUR = 2


def test_an_address_has_so_many_an_hour() -> None:
    taken = [flood.wait_for_guest("192.0.2.1", now=NOON) for _ in range(3)]
    assert taken == [0, 0, 1800]
    assert flood.wait_for_guest("192.0.2.2", now=NOON) == 0


def test_the_bucket_fills_with_time_and_never_over_its_size() -> None:
    for _ in range(2):
        flood.wait_for_guest("192.0.2.1", now=NOON)
    half_past = NOON + timedelta(minutes=30)
    assert flood.wait_for_guest("192.0.2.1", now=half_past) == 0
    assert flood.wait_for_guest("192.0.2.1", now=half_past) == 1800
    next_day = NOON + timedelta(days=1)
    taken = [flood.wait_for_guest("192.0.2.1", now=next_day) for _ in range(3)]
    assert taken == [0, 0, 1800]


def test_a_clock_that_went_back_refills_nothing() -> None:
    for _ in range(2):
        flood.wait_for_guest("192.0.2.1", now=NOON)
    assert flood.wait_for_guest("192.0.2.1", now=NOON - timedelta(hours=9)) == 1800


def test_the_address_itself_is_not_kept(settings: Settings) -> None:
    flood.wait_for_guest("192.0.2.1", now=NOON)
    kept = AddressBucket.objects.get().address_hash
    assert "192" not in kept[:3] or "192.0.2.1" not in kept
    settings.SECRET_KEY = "another"
    assert flood.hashed("192.0.2.1") != kept


def test_one_network_is_one_address() -> None:
    same = flood.hashed("2001:db8:1:2::1")
    assert flood.hashed("2001:db8:1:2:ffff::9") == same
    assert flood.hashed("2001:db8:1:3::1") != same
    assert flood.hashed("::ffff:192.0.2.1") == flood.hashed("192.0.2.1")
    assert flood.hashed("not an address") != same


@pytest.mark.django_db(transaction=True)
def test_parallel_clicks_take_no_more_than_there_are() -> None:
    def click(_: int) -> float:
        try:
            return flood.wait_for_guest("192.0.2.1", now=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(click, range(40)))
    assert waits.count(0) == 2
