"""The page "Display": what is chosen there stands on every page from then on."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from chatapp.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(name="ana")
def _ana(client: Client) -> User:
    """Somebody on the whole site, not the accounts' pages alone."""
    ana = User.objects.create_user("ana")
    client.force_login(ana)
    return ana


def test_the_page_shows_every_shortcut_with_its_keys(client: Client, ana: User) -> None:
    page = client.get("/display/").content.decode()
    assert 'data-combo="Mod+."' in page
    assert "Ctrl+." in page
    assert page.count('class="key-row"') == len(ana.keys.split(" "))


@pytest.mark.parametrize("path", ["/display/", "/display/keys/"])
def test_a_stranger_signs_in_first(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"][:16]) == (
        302,
        "/accounts/login/",
    )


@pytest.mark.usefixtures("ana")
def test_size_and_width_are_words_of_every_page(client: Client) -> None:
    assert "data-text" not in client.get("/").content.decode()
    client.post("/display/reading/", {"text_size": "larger", "text_width": "wide"})
    for path in ("/", "/display/", "/learn/"):
        assert '<html lang="en" data-text="larger" data-width="wide">' in (
            client.get(path).content.decode()
        )


def test_an_unknown_size_changes_nothing(client: Client, ana: User) -> None:
    client.post("/display/reading/", {"text_size": 'x" onload=', "text_width": ""})
    ana.refresh_from_db()
    assert ana.text_size == ""


def test_a_step_answers_the_size_that_is_kept(client: Client, ana: User) -> None:
    response = client.post("/display/reading/", {"step": "larger"})
    ana.refresh_from_db()
    assert response["X-Text-Size"] == ana.text_size == "large"
    assert response.content.decode() == "Text size: Large"


def test_new_keys_stand_on_the_next_page(client: Client, ana: User) -> None:
    response = client.post("/display/keys/memory/", {"keys": "Mod+Shift+m"})
    assert 'data-combo="Mod+Shift+m"' in response.content.decode()
    told = json.loads(response["HX-Trigger"])["keys:changed"]["keys"]
    ana.refresh_from_db()
    assert told == ana.keys
    assert "memory=Mod+Shift+m" in client.get("/").content.decode()
    assert "Ctrl+Shift+M" in client.get("/display/keys/").content.decode()


def test_taken_keys_are_a_conflict_in_a_sentence(client: Client, ana: User) -> None:
    response = client.post("/display/keys/memory/", {"keys": "k"})
    assert response.status_code == 409
    assert "K is taken: it does “Message above”" in response.content.decode()
    ana.refresh_from_db()
    assert ana.chosen_keys == {}


def test_what_is_off_is_not_on_the_help_sheet(client: Client, ana: User) -> None:
    client.post("/display/keys/memory/", {"keys": ""})
    ana.refresh_from_db()
    assert ana.chosen_keys == {"memory": ""}
    assert "Open and close Memory" not in client.get("/display/keys/").content.decode()


def test_one_or_all_keys_are_reset(client: Client, ana: User) -> None:
    for action, keys in (("memory", "x"), ("up", "1")):
        client.post(f"/display/keys/{action}/", {"keys": keys})
    client.post("/display/keys/memory/", {"reset": "yes"})
    ana.refresh_from_db()
    assert ana.chosen_keys == {"up": "1"}
    client.post("/display/keys/reset/")
    ana.refresh_from_db()
    assert ana.chosen_keys == {}


@pytest.mark.usefixtures("ana")
def test_an_unknown_shortcut_is_not_found(client: Client) -> None:
    assert client.post("/display/keys/nothing/", {"keys": "x"}).status_code == 404
