"""One atom over HTTP: the owner changes it, for anybody else it does not exist."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.memories.models import Atom, AtomState
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = ("correct", "pin", "unpin", "forget", "undo")


@pytest.fixture
def atom(conversation: Conversation) -> Atom:
    return remember(conversation, "User loves <rain>.")


@pytest.fixture
def owner(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


@pytest.mark.parametrize("change", ["atom", *CHANGES])
def test_anothers_atom_does_not_exist(
    client: Client, make_person: Callable[[str], User], atom: Atom, change: str
) -> None:
    client.force_login(make_person("eve"))
    url = reverse(f"memories:{change}", args=[atom.pk])
    answer = client.get(url) if change == "atom" else client.post(url, {"text": "x"})
    assert answer.status_code == 404
    atom.refresh_from_db()
    assert (atom.state, atom.pinned) == (AtomState.SAVED, False)


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes_without_a_post_or_a_sign_in(
    client: Client, owner: Client, atom: Atom, change: str
) -> None:
    url = reverse(f"memories:{change}", args=[atom.pk])
    assert owner.get(url).status_code == 405
    owner.logout()
    assert client.post(url).status_code == 302


def test_the_atom_in_place_leads_to_its_message(owner: Client, atom: Atom) -> None:
    page = owner.get(reverse("memories:atom", args=[atom.pk])).content.decode()
    proof = atom.evidence.get()
    assert f"?at={proof.message_id}#message-{proof.message_id}" in page
    assert "User loves &lt;rain&gt;." in page


def test_each_change_answers_with_the_atom_as_it_stands_now(
    owner: Client, atom: Atom
) -> None:
    def post(change: str, **values: str) -> str:
        answer = owner.post(reverse(f"memories:{change}", args=[atom.pk]), values)
        return answer.content.decode()

    assert "Unpin" in post("pin")
    assert "Unpin" not in post("unpin")
    assert "Kept from every reply" in post("forget")
    assert "User loves" in post("undo")
    assert "User loves snow." in post("correct", text="User loves snow.")
    assert "removed meanwhile" in post("correct", text="User loves hail.")


def test_a_correction_without_words_is_refused_in_place(
    owner: Client, atom: Atom
) -> None:
    answer = owner.post(reverse("memories:correct", args=[atom.pk]), {"text": " "})
    assert answer.status_code == 422
    assert "Write 1 to" in answer.content.decode()
