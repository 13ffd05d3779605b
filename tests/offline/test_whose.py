"""A page names its person to the browser by a hash, and a sign-out by a cookie."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.offline.whose import LEFT

pytestmark = pytest.mark.django_db
PASSWORD = "lantern-on-the-quay"


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }


@pytest.fixture(name="ana")
def _ana() -> User:
    return User.objects.create_user("ana", "ana@example.com", PASSWORD)


def told(client: Client, name: str) -> str:
    """What the front page's body says in `data-<name>`; "-" if it says nothing."""
    found = re.search(rf'<body [^>]*data-{name}="([^"]*)"', client.get("/").text)
    return found[1] if found else "-"


def test_a_person_has_one_key_and_nobody_has_none(client: Client, ana: User) -> None:
    assert told(client, "person") == ""
    client.force_login(ana)
    key = told(client, "person")
    assert re.fullmatch("[0-9a-f]{20}", key)
    assert told(client, "person") == key
    client.force_login(User.objects.create_user("bea"))
    assert told(client, "person") not in {key, ""}


def test_signing_out_tells_the_browser(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert LEFT not in client.get("/").cookies
    cookie = client.post("/accounts/logout/").cookies[LEFT]
    assert cookie.value == "1"
    assert not cookie["httponly"]  # a script reads it


def test_a_sign_out_of_nobody_tells_nothing(client: Client) -> None:
    assert LEFT not in client.post("/accounts/logout/").cookies


def test_a_guest_who_signs_in_keeps_what_they_typed(client: Client, ana: User) -> None:
    client.post("/guest/")
    guest = told(client, "person")
    assert told(client, "was") == "-"
    answer = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert LEFT not in answer.cookies
    assert told(client, "person") not in {guest, ""}
    assert told(client, "was") == guest


def test_the_zone_is_told_once_it_is_known(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert told(client, "zone") == ""
    client.cookies["zone"] = "Asia/Seoul"
    assert told(client, "zone") == "Asia/Seoul"
    del client.cookies["zone"]
    assert told(client, "zone") == "Asia/Seoul"
