"""The gallery: found by words, tag and kind, in pages that lose and double nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import User
from chatapp.characters import authored, gallery
from chatapp.characters.gallery import PAGE, Wanted
from chatapp.characters.models import Character, Favourite

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person() -> User:
    return User.objects.create_user("mina", password="pass-of-a-test")


@pytest.fixture
def mina(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def made(owner: User | None, name: str, **fields: Any) -> Character:
    slug = name.lower().replace(" ", "-")
    return Character.objects.create(owner=owner, slug=slug, name=name, **fields)


def names(user: User, **wanted: Any) -> list[str]:
    return [tile.name for tile in gallery.page(user, Wanted(**wanted)).tiles]


def test_ones_own_and_the_sites_are_there_and_nobody_elses(person: User) -> None:
    theo = User.objects.create_user("theo", password="pass-of-a-test")
    made(None, "Ines")
    made(person, "Vane")
    made(theo, "Secret")
    made(None, "A tutor", is_tutor=True)
    assert set(names(person)) == {"Ines", "Vane"}
    assert names(person, kind="mine") == ["Vane"]
    assert names(person, kind="builtin") == ["Ines"]
    assert names(theo, kind="mine") == ["Secret"]


def test_every_word_has_to_occur_somewhere(person: User) -> None:
    made(None, "Ines", tagline="Cooks in Porto", tags=["food"])
    made(None, "Ailsa", description="Keeps a lighthouse", tags=["sea"])
    assert names(person, query="porto COOKS") == ["Ines"]
    assert names(person, query="porto lighthouse") == []
    assert names(person, query="sea") == ["Ailsa"]
    assert names(person, query="%") == []
    assert names(person, tag="FOOD") == ["Ines"]


@pytest.mark.parametrize("sort", gallery.SORTS)
def test_the_pages_together_are_everybody_once(person: User, sort: Any) -> None:
    for number in range(PAGE * 2 + 3):
        made(person, f"Character {number // 2}-{number}", hue=number)
    seen: list[str] = []
    after = ""
    pages = 0
    while True:
        found = gallery.page(person, Wanted(sort=sort, after=after))
        seen += [tile.slug for tile in found.tiles]
        pages += 1
        if pages == 1:
            made(person, "Came meanwhile")  # moves nobody to another page
        if not found.after:
            break
        after = found.after
    others = set(seen) - {"came-meanwhile"}
    assert pages == 3
    assert len(seen) == len(set(seen))
    assert len(others) == PAGE * 2 + 3


@pytest.mark.parametrize(
    "after", ["x", "|", "2026-13-45T00:00:00+00:00|1", "2026-01-01|9", "\0|1"]
)
def test_a_place_that_is_none_begins_at_the_first(mina: Client, after: str) -> None:
    made(None, "Ines")
    for sort in gallery.SORTS:
        answer = mina.get("/characters/", {"after": after, "sort": sort})
        assert answer.status_code == 200


def test_tags_are_counted_over_what_one_sees(person: User) -> None:
    theo = User.objects.create_user("theo", password="pass-of-a-test")
    made(None, "Ines", tags=["food", "sea"])
    made(person, "Vane", tags=["sea"])
    made(theo, "Secret", tags=["secret"])
    assert gallery.tags(person) == [("sea", 2), ("food", 1)]


def test_a_star_is_pressed_and_taken_back(mina: Client, person: User) -> None:
    ines = made(None, "Ines")
    answer = mina.post("/characters/ines/favourite/", {"on": "yes"}, headers=HTMX)
    assert 'aria-pressed="true"' in answer.content.decode()
    mina.post("/characters/ines/favourite/", {"on": "yes"})
    assert Favourite.objects.get().character == ines
    assert names(person, kind="favourites") == ["Ines"]
    mina.post("/characters/ines/favourite/", {"on": "no"})
    assert names(person, kind="favourites") == []


def test_a_deleted_one_is_gone_and_can_be_brought_back(
    mina: Client, person: User
) -> None:
    made(person, "Vane")
    mina.post("/characters/vane/delete/")
    assert names(person) == []
    assert "“Vane” is deleted" in mina.get("/characters/").content.decode()
    mina.post("/characters/vane/undelete/")
    assert names(person) == ["Vane"]


def test_what_is_not_ones_own_is_neither_deleted_nor_edited(mina: Client) -> None:
    theo = User.objects.create_user("theo", password="pass-of-a-test")
    made(None, "Ines")
    made(theo, "Secret")
    for slug in ("ines", "secret"):
        mina.post(f"/characters/{slug}/delete/")
        assert Character.objects.get(slug=slug).deleted_at is None
        assert mina.get(f"/characters/{slug}/edit/").status_code == 404
        assert mina.get(f"/characters/{slug}/versions/").status_code == 404
    for act in ("favourite", "duplicate"):
        assert mina.post(f"/characters/secret/{act}/").status_code == 404


def test_duplicating_a_built_in_one_makes_it_ones_own(
    mina: Client, person: User
) -> None:
    made(
        None,
        "Ines",
        persona="A cook.",
        greeting="Sit.",
        tags=["food"],
        hue=20,
        tagline="Cooks",
    )
    answer = mina.post("/characters/ines/duplicate/")
    copy = Character.objects.get(owner=person)
    assert answer.headers["location"] == f"/characters/{copy.slug}/edit/"
    assert copy.card["description"] == "A cook."
    assert copy.card["first_mes"] == "Sit."
    assert (copy.name, copy.hue, copy.tags) == ("Ines (copy)", 20, ["food"])
    assert copy.tagline == "Cooks"
    assert authored.number_of(copy) == 1


def test_a_gallery_costs_the_same_queries_however_many_there_are(
    mina: Client, person: User, django_assert_max_num_queries: Any
) -> None:
    made(person, "Vane", tags=["sea"])
    with django_assert_max_num_queries(9) as few:
        mina.get("/characters/")
    for number in range(60):
        made(person, f"Character {number}", tags=["sea"])
    with django_assert_max_num_queries(len(few)):
        mina.get("/characters/")


def test_a_visitor_may_look_and_nothing_more() -> None:
    made(None, "Ines")
    visitor = Client()
    assert "Ines" in visitor.get("/characters/").content.decode()
    assert visitor.get("/characters/new/").status_code == 302
    assert visitor.post("/characters/ines/favourite/").status_code == 302
