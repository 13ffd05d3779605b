"""A guest who signs in to an account keeps what they said, and what was remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from chatapp.accounts import claim
from chatapp.accounts.models import User
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Message, Status
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.tasks import learn_turn, renew_anchor
from chatapp.conversations.turns import begin
from chatapp.memories.book import TurnBook
from chatapp.memories.models import Anchor, Atom, AtomState, Sharing, TurnRecord
from memory.errors import MemoryUnavailable
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.test_tasks import RAIN, learn, spoken
from tests.memories.remembering import in_panel

pytestmark = pytest.mark.django_db(transaction=True)
GOAT = RAIN | {"content": "User owns a goat.", "quote": "a goat"}


@pytest.fixture
def guest(db: None) -> User:
    return User.objects.create(username="guest-1", is_guest=True)


@pytest.fixture
def theirs(guest: User, conversation: Conversation) -> Conversation:
    """What the guest has with the same character."""
    return open_conversation(guest, conversation.character, "character")


async def sign_in(guest: User, person: User) -> None:
    await sync_to_async(claim.guest_signed_in)(guest, person)


async def stored_again(person: User) -> None:
    """The job that the sign-in deferred."""
    anchor = await Anchor.objects.aget(user=person)
    await renew_anchor(str(anchor.pk), "")


async def test_conversations_and_memory_come_along(
    guest: User,
    theirs: Conversation,
    person: User,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(guest, theirs)
    await learn(begun)
    await sign_in(guest, person)
    assert await Conversation.objects.filter(user=person, pk=theirs.pk).aexists()
    atom = await Atom.objects.aget()
    assert (atom.state, atom.maas_id) == (AtomState.PENDING, "")
    await stored_again(person)
    await atom.arefresh_from_db()
    anchor = await Anchor.objects.aget(user=person)
    assert (atom.anchor_id, atom.state) == (anchor.pk, AtomState.SAVED)
    assert memory.atoms[atom.maas_id]["anchor"] == anchor.maas_id
    assert memory.atoms[atom.maas_id]["user_external_id"] == person.chat_external_id
    record = await TurnRecord.objects.aget(generation=begun.generation)
    assert record.anchor_id == anchor.pk
    assert len(await sync_to_async(in_panel)(anchor)) == 1


async def test_answers_come_along_where_the_account_has_none_and_sharing_does_not(
    guest: User, person: User
) -> None:
    for kind, allowed in (("health", True), ("money", False)):
        await guest.sensitive_choices.acreate(kind=kind, allowed=allowed)
    await person.sensitive_choices.acreate(kind="health", allowed=False)
    await Sharing.objects.acreate(user=guest)
    await sign_in(guest, person)
    kept = person.sensitive_choices.order_by("kind").values_list("kind", "allowed")
    assert [row async for row in kept] == [("health", False), ("money", False)]
    assert not await Sharing.objects.filter(user=person).aexists()


async def test_nothing_is_recalled_from_the_guests_anchor_any_more(
    guest: User,
    theirs: Conversation,
    person: User,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    model.atoms.append([RAIN])
    await learn(await sync_to_async(spoken)(guest, theirs))
    await sign_in(guest, person)
    await theirs.arefresh_from_db()
    begun = await sync_to_async(spoken)(person, theirs, "Good evening!")
    left = await Anchor.objects.aget(user=guest)
    assert begun.anchor.pk != left.pk
    assert not await left.atoms.aexists()


async def test_what_both_know_is_one_atom_with_the_evidence_of_both(
    guest: User,
    theirs: Conversation,
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    model.atoms.extend([[RAIN], [RAIN, GOAT]])
    await learn(await sync_to_async(spoken)(person, conversation))
    said = "I love rain and own a goat."
    await learn(await sync_to_async(spoken)(guest, theirs, said))
    await sign_in(guest, person)
    await stored_again(person)
    atoms = [atom async for atom in Atom.objects.order_by("content")]
    assert [a.content for a in atoms] == ["User loves rain.", "User owns a goat."]
    assert {atom.state for atom in atoms} == {AtomState.SAVED}
    assert await atoms[0].evidence.acount() == 2


async def test_a_job_that_learns_meanwhile_stores_in_the_account(
    guest: User,
    theirs: Conversation,
    person: User,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model.atoms.extend([[RAIN], [RAIN]])
    begun = await sync_to_async(spoken)(guest, theirs)
    extracted = TurnBook._extracted

    def too_late(self: TurnBook, extraction: Any) -> None:
        claim.guest_signed_in(guest, person)
        extracted(self, extraction)

    with monkeypatch.context() as patch:
        patch.setattr(TurnBook, "_extracted", too_late)
        with pytest.raises(MemoryUnavailable):
            await learn(begun)
    await learn(begun)
    atom = await Atom.objects.select_related("anchor").aget()
    assert (atom.anchor.user_id, atom.state) == (person.pk, AtomState.SAVED)
    assert memory.atoms[atom.maas_id]["anchor"] == atom.anchor.maas_id


async def test_a_reply_that_is_being_written_is_learnt_from_in_the_account(
    guest: User,
    theirs: Conversation,
    person: User,
    model: FakeModel,
    memory: FakeMemory,
    key: Any,
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(begin)(guest, theirs, "I love rain.", key)
    await sign_in(guest, person)
    await sync_to_async(finish)(
        begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I.")
    )
    await learn_turn(str(begun.generation.pk))
    atom = await Atom.objects.select_related("anchor").aget()
    assert atom.anchor.user_id == person.pk


def test_it_happens_with_the_sign_in(
    client: Client, theirs: Conversation, guest: User, make_person: Callable[..., User]
) -> None:
    ana = make_person("ana")
    Message.objects.create(conversation=theirs, role="user", text="I love rain.")
    client.force_login(guest, "django.contrib.auth.backends.ModelBackend")
    form = {"login": "ana", "password": "pass-of-a-test"}
    answer = client.post("/accounts/login/", form)
    assert answer.status_code == 302
    assert Conversation.objects.get(pk=theirs.pk).user == ana
    assert client.get(f"/c/{theirs.pk}/").status_code == 200
