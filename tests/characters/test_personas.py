"""Personas: several per person, one default, nothing overwritten, nobody else's."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import User
from chatapp.accounts.signals import guest_signed_in
from chatapp.characters import personas
from chatapp.characters.models import Persona

pytestmark = pytest.mark.django_db
VANE = {"name": "Captain Vane", "description": "A smuggler.", "is_role": "on"}


@pytest.fixture
def person() -> User:
    return User.objects.create_user("mina", password="pass-of-a-test")


@pytest.fixture
def mina(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def written(person: User, name: str = "Captain Vane", **fields: Any) -> Persona:
    given: dict[str, Any] = {"description": "", "is_role": True, "is_default": False}
    return personas.create(person, name=name, **(given | fields))


def test_a_persona_is_written_listed_and_changed(mina: Client, person: User) -> None:
    assert mina.post("/personas/new/", VANE).status_code == 302
    vane = Persona.objects.get()
    assert "Captain Vane" in mina.get("/personas/").content.decode()
    changed = VANE | {"name": "Vane", "number": "1", "is_default": "on"}
    mina.post(f"/personas/{vane.pk}/", changed)
    vane.refresh_from_db()
    assert (vane.name, vane.is_default, vane.number) == ("Vane", True, 2)


def test_an_older_form_overwrites_nothing_and_shows_both(
    mina: Client, person: User
) -> None:
    vane = written(person, description="The saved words.")
    personas.save(
        person, vane.pk, number=1, name="Vane", description="Theirs.", is_default=False
    )
    mine = {"name": "Mine", "description": "My words.", "number": "1"}
    answer = mina.post(f"/personas/{vane.pk}/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs." in page
    assert "My words." in page
    vane.refresh_from_db()
    assert vane.description == "Theirs."
    # The form carries the newer number now: saving again is on purpose.
    assert 'name="number" value="2"' in page
    mina.post(f"/personas/{vane.pk}/", mine | {"number": "2"})
    vane.refresh_from_db()
    assert vane.description == "My words."


def test_one_is_the_default(person: User) -> None:
    written(person, is_default=True)
    mira = written(person, "Mira", is_default=True)
    assert list(Persona.objects.filter(is_default=True)) == [mira]


def test_whether_it_is_a_role_stays(mina: Client, person: User) -> None:
    vane = written(person, is_role=False)
    mina.post(f"/personas/{vane.pk}/", VANE | {"number": "1"})
    vane.refresh_from_db()
    assert not vane.is_role


def test_a_deleted_one_can_be_brought_back(mina: Client, person: User) -> None:
    vane = written(person, is_default=True)
    mina.post(f"/personas/{vane.pk}/delete/")
    assert not personas.personas_of(person)
    assert mina.get(f"/personas/{vane.pk}/").status_code == 404
    assert "is deleted" in mina.get("/personas/").content.decode()
    mina.post(f"/personas/{vane.pk}/undelete/")
    assert list(personas.personas_of(person)) == [vane]


def test_somebody_elses_persona_does_not_exist(mina: Client) -> None:
    theo = User.objects.create_user("theo", password="pass-of-a-test")
    vane = written(theo)
    assert mina.get(f"/personas/{vane.pk}/").status_code == 404
    assert mina.post(f"/personas/{vane.pk}/", VANE).status_code == 404
    mina.post(f"/personas/{vane.pk}/delete/")
    vane.refresh_from_db()
    assert vane.deleted_at is None
    assert "Captain Vane" not in mina.get("/personas/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 81), ("description", "half \ufffd"), ("name", "a\0")],
    ids=["no name", "too long", "half a character", "NUL"],
)
def test_what_can_not_be_kept_is_said_at_its_field(
    mina: Client, field: str, value: str
) -> None:
    answer = mina.post("/personas/new/", VANE | {field: value})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Persona.objects.exists()


def test_there_is_a_most(
    mina: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personas, "MOST", 1)
    written(person)
    answer = mina.post("/personas/new/", VANE)
    assert answer.status_code == 422
    assert Persona.objects.count() == 1


def test_a_name_is_text_and_nothing_else(mina: Client, person: User) -> None:
    written(person, "<script>alert(1)</script>", description="<img src=x>")
    page = mina.get("/personas/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_a_guests_personas_come_along_to_the_account(person: User) -> None:
    guest = User.objects.create_user(f"guest-{uuid.uuid4().hex[:6]}", is_guest=True)
    vane = written(guest, is_default=True)
    mine = written(person, "Mira", is_default=True)
    guest_signed_in.send(sender=User, guest=guest, user=person)
    assert set(personas.personas_of(person)) == {vane, mine}
    assert list(Persona.objects.filter(is_default=True)) == [mine]
