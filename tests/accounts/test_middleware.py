"""A visit is noted once an hour; account pages are for accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


def seen(ago: timedelta) -> None:
    """Everybody was last here `ago`."""
    User.objects.update(last_seen_at=timezone.now() - ago)


def last_seen() -> timedelta:
    """How long ago the only person was here."""
    at = User.objects.get().last_seen_at
    assert at
    return timezone.now() - at


def test_a_visit_is_noted(client: Client, ana: User) -> None:
    client.force_login(ana)
    client.get("/")
    assert last_seen() < timedelta(minutes=1)


def test_not_more_than_once_an_hour(client: Client, ana: User) -> None:
    client.force_login(ana)
    seen(timedelta(minutes=59))
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) == 2  # the session and the person, which the page itself needs
    assert last_seen() > timedelta(minutes=58)
    seen(timedelta(minutes=61))
    client.get("/")
    assert last_seen() < timedelta(minutes=1)


def test_a_page_without_a_session_costs_nothing(client: Client, ana: User) -> None:
    client.force_login(ana)
    seen(timedelta(days=2))
    with CaptureQueriesContext(connection) as queries:
        client.get("/healthz/")
    assert len(queries) == 0
    assert last_seen() > timedelta(days=1)


def test_a_guests_session_lasts_from_the_last_visit_on(guest_client: Client) -> None:
    assert "sessionid" not in guest_client.get("/").cookies
    seen(timedelta(hours=2))
    assert guest_client.get("/").cookies["sessionid"]["max-age"] == 30 * 86_400


@pytest.mark.parametrize("path", ["email", "password/set", "password/change"])
def test_a_guest_signs_up_instead_of_getting_half_an_account(
    guest_client: Client, path: str
) -> None:
    response = guest_client.post(f"/accounts/{path}/", {"email": "g@example.com"})
    assert response["Location"] == "/claim/"


def test_an_account_has_its_pages(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert client.post("/accounts/email/", {"action_add": ""}).status_code == 200
