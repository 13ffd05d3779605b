"""Signing up, in and out, and getting back in, as a stranger and as a guest."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import User
from tests.accounts.people import (
    PASSWORD,
    shown,
    sign_in,
    sign_up,
    whoever_is_signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


def test_a_stranger_signs_up_and_is_signed_in(client: Client) -> None:
    response = sign_up(client, at="/accounts/signup/")
    bea = User.objects.get()
    assert (response["Location"], bea.username) == ("/", "bea")
    assert not bea.is_guest
    assert whoever_is_signed_in(client) == bea
    assert EmailAddress.objects.get().user == bea


def test_a_guest_who_signs_up_on_the_plain_page_keeps_the_row(
    guest_client: Client,
) -> None:
    before = User.objects.get()
    sign_up(guest_client, at="/accounts/signup/")
    after = User.objects.get()
    assert (after.pk, after.username, after.is_guest) == (before.pk, "bea", False)
    assert whoever_is_signed_in(guest_client) == after


@pytest.mark.parametrize(
    "path", ["/claim/", "/accounts/signup/"], ids=["claim", "plain"]
)
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param(
            {"email": "ANA@example.com"},
            "A user is already registered with this email address.",
            id="email-taken",
        ),
        pytest.param(
            {"username": "Ana"},
            "A user with that username already exists.",
            id="name-taken",
        ),
        pytest.param(
            {"username": "Guest-1"},
            'A username can not begin with "guest-".',
            id="guest-name",
        ),
        pytest.param({"password1": "1234"}, "This password is too short", id="weak"),
        pytest.param({"username": "a\x00b"}, "Null characters", id="nul"),
        pytest.param({"email": "no address"}, "valid email address", id="no-email"),
    ],
)
def test_what_can_not_be_is_said_and_the_guest_loses_nothing(
    guest_client: Client, ana: User, path: str, wrong: dict[str, str], says: str
) -> None:
    before = User.objects.get(is_guest=True)
    response = sign_up(guest_client, at=path, **wrong)
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert says in " ".join(text for texts in errors.values() for text in texts)
    after = User.objects.get(is_guest=True)
    assert (after.pk, after.username) == (before.pk, before.username)
    assert whoever_is_signed_in(guest_client) == after
    assert User.objects.count() == 2


@pytest.mark.parametrize("login", ["ana", "Ana@Example.com"], ids=["name", "email"])
def test_people_sign_in_by_name_or_email(client: Client, ana: User, login: str) -> None:
    assert sign_in(client, login)["Location"] == "/"
    assert whoever_is_signed_in(client) == ana


def test_signing_in_makes_a_new_session_and_ends_no_other(
    client: Client, ana: User
) -> None:
    elsewhere = Client()
    elsewhere.force_login(ana)
    client.get("/accounts/login/")
    session = client.session
    session["from"] = "before"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    fixed = session.session_key

    sign_in(client)
    assert client.session.session_key != fixed
    assert client.session["from"] == "before"
    assert not client.session.exists(str(fixed))
    assert whoever_is_signed_in(elsewhere) == ana


def test_a_wrong_password_does_not_sign_a_guest_out(
    guest_client: Client, ana: User
) -> None:
    response = sign_in(guest_client, password="wrong")
    assert response.status_code == 200
    assert whoever_is_signed_in(guest_client) == User.objects.get(is_guest=True)


def test_wrong_passwords_are_limited(client: Client, ana: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    errors = sign_in(client).context["form"].errors.as_text()
    assert "Too many failed login attempts" in errors


def test_signing_out_takes_a_click_on_a_button(client: Client, ana: User) -> None:
    client.force_login(ana)
    client.get("/accounts/logout/")
    assert whoever_is_signed_in(client) == ana
    client.post("/accounts/logout/")
    assert whoever_is_signed_in(client) is None


def test_a_disabled_person_can_not_sign_in(client: Client, ana: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client)["Location"] == "/accounts/inactive/"
    assert whoever_is_signed_in(client) is None


def test_a_disabled_person_is_nobody_on_the_next_page(
    client: Client, ana: User
) -> None:
    client.force_login(ana)
    assert client.get("/").content == b"ana"
    User.objects.update(is_active=False)
    assert client.get("/").content == b"nobody"


def test_a_forgotten_password_is_replaced_by_mail(client: Client, ana: User) -> None:
    client.post("/accounts/password/reset/", {"email": "ana@example.com"})
    (letter,) = mail.outbox
    assert (letter.to, letter.subject[:11]) == (["ana@example.com"], "Anchorage: ")
    link = re.search(r"http://testserver(\S+)", str(letter.body))
    assert link
    page = client.get(link[1], follow=True)
    form = page.request["PATH_INFO"]
    new = {"password1": "gulls-over-slate", "password2": "gulls-over-slate"}
    client.post(form, new)

    assert sign_in(client, password=PASSWORD).status_code == 200
    assert sign_in(client, password="gulls-over-slate").status_code == 302


def test_asking_for_a_reset_does_not_tell_who_has_an_account(
    client: Client, ana: User
) -> None:
    known = client.post("/accounts/password/reset/", {"email": "ana@example.com"})
    other = client.post("/accounts/password/reset/", {"email": "eve@example.com"})
    assert known["Location"] == other["Location"]


def test_a_broken_mail_server_loses_no_sign_up(
    guest_client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    response = sign_up(guest_client)
    assert response["Location"] == "/"
    assert "We could not send an e-mail just now. Please try again later." in shown(
        response
    )
    assert whoever_is_signed_in(guest_client) == User.objects.get(username="bea")


def test_opening_somebodys_confirmation_mail_ends_no_guest(
    guest_client: Client,
) -> None:
    sign_up(Client(), at="/accounts/signup/")
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert link
    assert guest_client.get(link[1]).status_code == 200
    guest_client.post(link[1])
    assert EmailAddress.objects.get().verified
    assert whoever_is_signed_in(guest_client) == User.objects.get(is_guest=True)
