"""One click makes a guest; the claim page makes an account of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import AddressBucket, User
from tests.accounts.people import shown, sign_up, whoever_is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


def test_one_click_makes_a_guest_and_goes_on(client: Client) -> None:
    response = client.post("/guest/", {"next": "/learn/"})

    assert (response.status_code, response["Location"]) == (302, "/learn/")
    guest = User.objects.get()
    assert guest.is_guest
    assert not guest.has_usable_password()
    assert guest.username.startswith("guest-")
    assert guest.display_name == "Guest"
    assert whoever_is_signed_in(client) == guest


def test_without_next_a_guest_comes_home(client: Client) -> None:
    assert client.post("/guest/")["Location"] == "/"


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param("https://evil.example/", id="host"),
        pytest.param("//evil.example/", id="no-scheme"),
        pytest.param("/\\evil.example/", id="backslash"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("http:///evil.example", id="empty-host"),
        pytest.param("\x00//evil.example", id="nul"),
    ],
)
def test_a_guest_is_never_sent_to_another_site(client: Client, elsewhere: str) -> None:
    assert client.post("/guest/", {"next": elsewhere})["Location"] == "/"


def test_a_link_makes_no_guest(client: Client) -> None:
    assert client.get("/guest/").status_code == 405
    assert not User.objects.exists()


def test_another_site_can_not_press_the_button() -> None:
    assert Client(enforce_csrf_checks=True).post("/guest/").status_code == 403
    assert not User.objects.exists()


def test_whoever_is_signed_in_stays_who_they_are(client: Client, ana: User) -> None:
    client.force_login(ana)
    client.post("/guest/", {"next": "/learn/"})
    assert whoever_is_signed_in(client) == ana
    assert User.objects.count() == 1


def test_a_guests_session_lasts_as_long_as_the_guest(
    client: Client, settings: Settings
) -> None:
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    response = client.post("/guest/")
    cookie = response.cookies["sessionid"]
    assert cookie["max-age"] == settings.GUEST_DAYS * 86_400
    assert cookie.value != "chosen-by-somebody-else"


def test_a_flood_from_one_address_is_stopped_with_a_way_out(
    settings: Settings,
) -> None:
    settings.GUESTS_PER_HOUR = 2
    for _ in range(2):
        Client().post("/guest/")
    third = Client().post("/guest/")
    assert third["Location"] == "/accounts/signup/"
    (text,) = shown(third)
    assert text == (
        "Many guests have come from your network within the last hour. "
        "Sign up, or try again in 30 minutes."
    )
    assert User.objects.count() == 2
    Client(REMOTE_ADDR="192.0.2.7").post("/guest/")
    assert User.objects.count() == 3


def test_a_forged_forwarding_header_is_no_other_address(settings: Settings) -> None:
    settings.GUESTS_PER_HOUR = 1
    for last in range(3):
        Client().post("/guest/", headers={"X-Forwarded-For": f"192.0.2.{last}"})
    assert User.objects.count() == 1
    assert AddressBucket.objects.count() == 1


def test_claiming_keeps_the_row_and_all_that_hangs_on_it(guest_client: Client) -> None:
    before = User.objects.get()
    response = sign_up(guest_client)

    assert (response.status_code, response["Location"]) == (302, "/")
    after = User.objects.get()
    assert after.pk == before.pk
    assert (after.username, after.email) == ("bea", "bea@example.com")
    assert not after.is_guest
    assert after.chat_pseudonym == before.chat_pseudonym
    assert after.tutor_pseudonym == before.tutor_pseudonym
    assert after.date_joined == before.date_joined
    assert whoever_is_signed_in(guest_client) == after


def test_the_claim_page_shows_a_form(guest_client: Client) -> None:
    response = guest_client.get("/claim/")
    assert response.status_code == 200
    assert list(response.context["form"].fields) == ["username", "email", "password1"]


def test_claiming_goes_on_to_where_the_guest_was(guest_client: Client) -> None:
    assert sign_up(guest_client, next="/learn/")["Location"] == "/learn/"


def test_a_stranger_has_nothing_to_claim(client: Client) -> None:
    assert client.get("/claim/")["Location"] == "/accounts/signup/"


def test_whoever_has_an_account_needs_no_second_one(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert client.get("/claim/")["Location"] == "/"
    assert client.get("/accounts/signup/")["Location"] == "/"
    sign_up(client)
    ana.refresh_from_db()
    assert (ana.username, User.objects.count()) == ("ana", 1)


def test_a_disabled_guest_makes_no_account(guest_client: Client) -> None:
    User.objects.update(is_active=False)
    sign_up(guest_client)
    assert User.objects.get().is_guest


def test_a_guest_who_was_removed_starts_anew(guest_client: Client) -> None:
    User.objects.update(last_seen_at=timezone.now() - timedelta(days=99))
    User.objects.all().delete()
    guest_client.post("/guest/")
    assert whoever_is_signed_in(guest_client) == User.objects.get()
