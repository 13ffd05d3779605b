"""The pages of lorebooks: written, tried, saved once, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.characters.models import Character, Lorebook

pytestmark = pytest.mark.django_db
ENTRY = {
    "keys": "dragon\n/wyrm(s)?/i",
    "content": "{{char}} fears dragons.",
    "enabled": "on",
    "insertion_order": "5",
    "position": "before_char",
    "secondary_keys": "",
    "name": "",
    "priority": "",
}


@pytest.fixture(name="mina")
def _mina(client: Client) -> User:
    user = User.objects.create_user("mina", password="pass-of-a-test")
    client.force_login(user)
    return user


@pytest.fixture(name="book")
def _book(mina: User) -> Lorebook:
    return Lorebook.objects.create(
        owner=mina,
        name="World",
        data={
            "extensions": {"x/y": 1},
            "odd": "kept",
            "entries": [{"keys": ["sea"], "content": "Salt.", "odd": True}],
        },
    )


def url(view: str, book: Lorebook, *more: Any) -> str:
    return reverse(f"lorebooks:{view}", args=["mine", book.pk, *more])


def stamp(book: Lorebook) -> str:
    book.refresh_from_db()
    return book.updated_at.isoformat()


def test_an_entry_is_written_and_what_nobody_knows_stays(
    client: Client, book: Lorebook
) -> None:
    answer = client.post(url("new_entry", book), ENTRY | {"stamp": stamp(book)})
    assert answer.status_code == 302
    book.refresh_from_db()
    assert book.data["odd"] == "kept"
    assert book.data["entries"][0]["odd"] is True
    made = book.data["entries"][1]
    assert made["keys"] == ["dragon", "/wyrm(s)?/i"]
    assert (made["use_regex"], made["insertion_order"]) == (True, 5)
    assert "priority" not in made
    page = client.get(url("entry", book, 1)).content.decode()
    assert "/wyrm(s)?/i" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"keys": "/(unclosed/"},
        {"keys": "/" + "a" * 300 + "/"},
        {"keys": "\n".join(str(n) for n in range(80))},
        {"content": ""},
        {"content": "a\0b"},
        {"insertion_order": "x"},
        {"position": "elsewhere"},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    client: Client, book: Lorebook, wrong: dict[str, str]
) -> None:
    answer = client.post(url("new_entry", book), ENTRY | wrong | {"stamp": stamp(book)})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    book.refresh_from_db()
    assert len(book.data["entries"]) == 1


def test_a_book_changed_meanwhile_is_not_written_over_unseen(
    client: Client, book: Lorebook
) -> None:
    old = stamp(book)
    assert client.post(url("entry", book, 0), ENTRY | {"stamp": old}).status_code == 302
    late = client.post(
        url("entry", book, 0), ENTRY | {"content": "Mine.", "stamp": old}
    )
    assert late.status_code == 409
    page = late.content.decode()
    assert "changed meanwhile" in page
    assert "Mine." in page
    unsure = client.post(url("delete_entry", book, 0), {"stamp": stamp(book)})
    assert unsure.headers["Location"] == url("entry", book, 0)
    sure = {"stamp": old, "sure": "yes"}
    gone = client.post(url("delete_entry", book, 0), sure)
    assert gone.status_code == 302
    book.refresh_from_db()
    assert len(book.data["entries"]) == 1


def test_the_tester_says_which_entries_come_and_why(
    client: Client, book: Lorebook
) -> None:
    client.post(url("new_entry", book), ENTRY | {"stamp": stamp(book)})
    answer = client.post(
        url("try", book), {"text": "A <b>Wyrm</b>!"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert "1 entry comes" in page
    assert "spoken of: “Wyrm”" in page
    assert "1 none of its keys occurs" in page
    # Whom one will talk with is not known here, so the name stays open.
    assert "{{char}} fears dragons." in page
    whole = client.post(url("try", book), {"text": "Nothing."})
    assert "0 entries come" in whole.content.decode()


def test_what_nearly_came_is_told_once(client: Client, book: Lorebook) -> None:
    off = ENTRY | {"enabled": "", "stamp": stamp(book)}
    client.post(url("new_entry", book), off)
    page = client.post(url("try", book), {"text": "A dragon."}).content.decode()
    assert "Nearly" in page and page.count("switched off") == 1
    assert "The others: 1 none of its keys occurs." in " ".join(page.split())
    page = client.post(url("try", book), {"text": "Nothing."}).content.decode()
    assert "Nearly" not in page and "1 switched off" in page


def test_a_characters_book_is_a_version_of_the_character(
    client: Client, mina: User
) -> None:
    rook = Character.objects.create(
        slug="u0123456789ab", name="Rook", owner=mina, card={"name": "Rook", "x": 1}
    )
    of = ["of", rook.slug]
    page = client.get(reverse("lorebooks:book", args=of))
    assert page.status_code == 200
    new = reverse("lorebooks:new_entry", args=of)
    assert client.post(new, ENTRY | {"stamp": "0"}).status_code == 302
    rook.refresh_from_db()
    assert rook.card["x"] == 1
    assert rook.card["character_book"]["entries"][0]["keys"][0] == "dragon"
    assert client.post(new, ENTRY | {"stamp": "0"}).status_code == 409


def test_a_book_is_nobody_elses(client: Client, book: Lorebook) -> None:
    client.force_login(User.objects.create_user("other", password="pass-of-a-test"))
    for view, more in (
        ("book", ()),
        ("entry", (0,)),
        ("new_entry", ()),
        ("export", ()),
    ):
        assert client.get(url(view, book, *more)).status_code == 404
    assert client.post(url("try", book), {"text": "sea"}).status_code == 404
    assert client.post(url("delete_entry", book, 0)).status_code == 404
    switch = reverse("lorebooks:switch", args=[book.pk])
    assert client.post(switch, {"on": "no"}).status_code == 404
    client.post(reverse("lorebooks:delete", args=[book.pk]), {"sure": "yes"})
    assert Lorebook.objects.filter(pk=book.pk, is_on=True).exists()


def test_the_shelf_begins_switches_and_exports_books(
    client: Client, mina: User
) -> None:
    shelf = reverse("lorebooks:shelf")
    assert "None yet" in client.get(shelf).content.decode()
    assert client.post(shelf, {"name": ""}).status_code == 422
    assert client.post(shelf, {"name": "Sea"}).status_code == 302
    book = Lorebook.objects.get(owner=mina)
    client.post(reverse("lorebooks:switch", args=[book.pk]), {"on": "no"})
    book.refresh_from_db()
    assert book.is_on is False
    told = client.get(url("export", book)).json()
    assert (told["spec"], told["data"]["name"]) == ("lorebook_v3", "Sea")
    settings = {"name": "Ocean", "scan_depth": "9", "stamp": stamp(book)}
    assert client.post(url("book", book), settings).status_code == 302
    book.refresh_from_db()
    assert (book.name, book.data["scan_depth"]) == ("Ocean", 9)
    assert client.get(url("export", book)).json()["data"]["name"] == "Ocean"


def test_only_so_many_books_are_on_at_once(
    client: Client, mina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.characters.lore.shelf.MOST_ON", 2)
    shelf = reverse("lorebooks:shelf")
    for name in ("One", "Two", "Three"):
        client.post(shelf, {"name": name})
    one, two, three = Lorebook.objects.filter(owner=mina).order_by("pk")
    assert (one.is_on, two.is_on, three.is_on) == (True, True, False)
    switch = reverse("lorebooks:switch", args=[three.pk])
    page = client.post(switch, {"on": "yes"}, follow=True).content.decode()
    assert "Up to 2 lorebooks can be on at once." in page
    client.post(reverse("lorebooks:switch", args=[one.pk]), {"on": "no"})
    client.post(switch, {"on": "yes"})
    three.refresh_from_db()
    assert three.is_on
    Lorebook.objects.filter(pk=one.pk).update(data={"entries": [{}, {}]})
    assert "2 entries" in client.get(shelf).content.decode()


def test_a_book_that_would_be_too_large_is_said_to_be(
    client: Client, book: Lorebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.characters.lore.shelf.LARGEST", 100)
    answer = client.post(url("new_entry", book), ENTRY | {"stamp": stamp(book)})
    assert answer.status_code == 422
    assert "too large" in answer.content.decode()
