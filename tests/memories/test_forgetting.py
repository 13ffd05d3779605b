"""What is forgotten is masked at once, removed when the undo is over, and not relearnt."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation
from chatapp.conversations.turns import begin
from chatapp.memories import forgetting, tombstones
from chatapp.memories.keeping import confirm
from chatapp.memories.ledger import CarriedAsked, SiteLedger
from chatapp.memories.models import (
    Atom,
    AtomState,
    Evidence,
    Removal,
    Tombstone,
    TurnAtom,
    TurnRecord,
    Upstream,
)
from chatapp.memories.withdrawing import erase
from memory.errors import BadMemoryRequest, MemoryUnavailable
from tests.conversations.fakes import FakeMemory
from tests.conversations.tree import say
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db(transaction=True)


def time_passes() -> None:
    """The time for every undo is over."""
    Removal.objects.update(due_at=timezone.now() - timedelta(minutes=1))


def test_it_is_masked_at_once_and_comes_back_when_undone(
    conversation: Conversation,
) -> None:
    atom = remember(conversation, "User loves rain.", pinned=True)
    forgetting.forget(atom.pk)
    assert CarriedAsked(atom.anchor_id).all() == ()
    forgetting.undo(atom.pk)
    assert [k.content for k in CarriedAsked(atom.anchor_id).all()] == [atom.content]
    assert not Removal.objects.exists()
    assert not Tombstone.objects.exists()


def test_forgetting_twice_is_one_removal(conversation: Conversation) -> None:
    atom = remember(conversation, "User loves rain.")
    assert forgetting.forget(atom.pk) == forgetting.forget(atom.pk)


def test_an_undo_that_comes_too_late_is_refused(conversation: Conversation) -> None:
    atom = remember(conversation, "User loves rain.")
    forgetting.forget(atom.pk)
    time_passes()
    with pytest.raises(forgetting.TooLate):
        forgetting.undo(atom.pk)


async def test_before_the_undo_is_over_nothing_is_removed(
    conversation: Conversation, memory: FakeMemory
) -> None:
    atom = await sync_to_async(remember)(conversation, "User loves rain.")
    memory.atoms[atom.maas_id] = {"anchor": "a", "content": atom.content}
    await sync_to_async(forgetting.forget)(atom.pk)
    assert await erase(memory, can_delete=True) == 0  # type: ignore[arg-type]  # a fake
    assert atom.maas_id in memory.atoms


async def test_its_text_goes_from_service_ledger_and_records_of_turns(
    person: User, conversation: Conversation, memory: FakeMemory
) -> None:
    @sync_to_async
    def forgotten() -> Atom:
        atom = remember(conversation, "User loves rain.")
        taught = say(conversation, "I love rain.").generation.record
        Atom.objects.filter(pk=atom.pk).update(brought_by=taught)
        generation = begin(person, conversation, "Hi.", uuid.uuid4()).generation
        record = TurnRecord.objects.create(
            generation=generation, anchor_id=atom.anchor_id
        )
        TurnAtom.objects.create(
            record=record, position=0, atom=atom, maas_id="x", content=atom.content
        )
        forgetting.forget(atom.pk)
        time_passes()
        return atom

    atom = await forgotten()
    memory.atoms[atom.maas_id] = {"anchor": "a", "content": atom.content}
    assert await erase(memory, can_delete=True) == 1  # type: ignore[arg-type]  # a fake
    assert memory.atoms == {}

    @sync_to_async
    def check() -> None:
        atom.refresh_from_db()
        assert (atom.state, atom.content) == (AtomState.FORGOTTEN, "")
        assert not Evidence.objects.exists()
        assert TurnAtom.objects.get().content == ""
        removal = Removal.objects.get()
        assert removal.upstream == Upstream.DELETED
        # The turn that it stood in, and the one that it was learnt from.
        assert (removal.quotes, removal.turns) == (1, 2)

    await check()
    assert await erase(memory, can_delete=True) == 0  # type: ignore[arg-type]  # a fake


@pytest.mark.parametrize(
    ("can_delete", "answer", "maas_id", "upstream"),
    [
        (False, None, "x", Upstream.MASKED),
        (True, BadMemoryRequest("no"), "x", Upstream.MASKED),
        (False, None, "", Upstream.NEVER),
    ],
)
async def test_the_receipt_is_honest_about_a_service_that_can_not_delete(
    conversation: Conversation,
    memory: FakeMemory,
    can_delete: bool,
    answer: Exception | None,
    maas_id: str,
    upstream: Upstream,
) -> None:
    @sync_to_async
    def forgotten() -> Atom:
        atom = remember(conversation, "User loves rain.", maas_id=maas_id)
        forgetting.forget(atom.pk)
        time_passes()
        return atom

    atom = await forgotten()
    if answer is not None:
        memory.fail("delete_atom", answer)
    await erase(memory, can_delete=can_delete)  # type: ignore[arg-type]  # a fake
    removal = await Removal.objects.aget()
    assert removal.upstream == upstream
    if maas_id:
        known = await SiteLedger(atom.anchor_id, ()).known([maas_id])
        assert known[maas_id].state == "forgotten"


async def test_while_the_service_is_away_the_receipt_says_it_waits(
    conversation: Conversation, memory: FakeMemory
) -> None:
    @sync_to_async
    def forgotten() -> None:
        forgetting.forget(remember(conversation, "User loves rain.").pk)
        time_passes()

    await forgotten()
    memory.fail("delete_atom", MemoryUnavailable("away"))
    with pytest.raises(MemoryUnavailable):
        await erase(memory, can_delete=True)  # type: ignore[arg-type]  # a fake
    removal = await Removal.objects.aget()
    assert (removal.upstream, removal.erased_at) == (Upstream.WAITING, None)


def test_an_atom_that_is_confirmed_too_late_stays_forgotten_and_is_deleted(
    conversation: Conversation,
) -> None:
    atom = remember(
        conversation, "Rain.", maas_id="", scope="", state=AtomState.PENDING
    )
    forgetting.forget(atom.pk)
    time_passes()
    forgetting.erase(atom.pk, Upstream.NEVER)
    confirm(atom.client_ref, "atom-7", "anchor-1")
    atom.refresh_from_db()
    assert (atom.state, atom.maas_id) == (AtomState.FORGOTTEN, "atom-7")
    assert forgetting.due(limit=9) == [(atom.pk, "atom-7")]


def test_a_tombstone_knows_the_words_and_holds_none_of_them(
    conversation: Conversation,
) -> None:
    message = conversation.message_set.get()
    message.text = "I love rain. I hate snow."
    message.save()
    atom = remember(conversation, "User loves rain.", quote="I love rain")
    removal = forgetting.forget(atom.pk)
    text = message.text
    assert tombstones.is_buried(message.pk, text, "love rain")
    assert not tombstones.is_buried(message.pk, text, "I hate snow")
    assert tombstones.was_forgotten(atom.anchor_id, "user LOVES the rain")
    assert not tombstones.was_forgotten(atom.anchor_id, "User does not love rain.")
    assert not tombstones.was_forgotten(uuid.uuid4(), atom.content)
    removal.refresh_from_db()
    stored = [str(value) for value in Removal.objects.values().get().values()]
    stored += [str(value) for value in Tombstone.objects.values().get().values()]
    assert not any("rain" in value.lower() for value in stored)
