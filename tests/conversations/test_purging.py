"""What was deleted goes for good when its time is over, and nothing else goes."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chatapp import wiring
from chatapp.accounts.models import User
from chatapp.conversations import context
from chatapp.conversations.branching import branch
from chatapp.conversations.deleting import TooLate, delete, undo
from chatapp.conversations.models import Conversation, Deletion, Message
from chatapp.conversations.purging import purge_due
from chatapp.memories.keeping import confirm
from chatapp.memories.models import (
    Atom,
    AtomState,
    Evidence,
    TurnAtom,
    TurnCall,
    TurnRecord,
)
from chatapp.memories.withdrawing import erase
from memory.errors import BadMemoryRequest, MemoryNotFound, MemoryUnavailable
from tests.conversations.fakes import FakeMemory
from tests.conversations.test_tree import _lengthen
from tests.conversations.tree import say, shown, texts

pytestmark = pytest.mark.django_db


def remember(message: Message, content: str, **fields: object) -> Atom:
    """An atom that this message proves."""
    conversation = message.conversation
    anchor = context.anchor_of(conversation)
    atom = Atom.objects.create(
        anchor=anchor,
        client_ref=uuid.uuid4(),
        atom_type="preference",
        content=content,
        confidence=0.9,
        source_type="prd",
        **{"maas_id": f"id of {content}", "state": AtomState.SAVED} | fields,
    )
    Evidence.objects.create(atom=atom, message=message, quote=content)
    return atom


def time_passes() -> int:
    """The time for every undo is over."""
    Deletion.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    return purge_due()


def test_what_was_deleted_is_removed_with_what_hung_below(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Two.")
    deletion = delete(person, conversation, shown(conversation, "Two.").pk)
    assert purge_due() == 0
    assert time_passes() == 1
    assert not Message.objects.filter(text__in=["Two.", "Re: Two."]).exists()
    assert texts(conversation) == ["One.", "Re: One."]
    assert time_passes() == 0
    with pytest.raises(TooLate):
        undo(person, conversation, deletion.pk)


def test_what_was_undone_is_not_removed(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    deletion = delete(person, conversation, shown(conversation, "One.").pk)
    undo(person, conversation, deletion.pk)
    assert time_passes() == 0
    assert texts(conversation) == ["One.", "Re: One."]


def test_what_a_branch_shares_stays_there(
    person: User, conversation: Conversation
) -> None:
    begun = say(conversation, "One.")
    say(conversation, "Two.")
    new = branch(person, conversation, begun.reply_message.pk)
    delete(person, conversation, shown(conversation, "One.").pk)
    time_passes()
    assert texts(conversation) == []
    assert texts(new) == ["One.", "Re: One."]
    assert not Message.objects.filter(text="Two.").exists()
    delete(person, new, shown(new, "One.").pk)
    time_passes()
    assert not Message.objects.filter(text="One.").exists()


def test_an_atom_goes_with_its_last_evidence(
    person: User, conversation: Conversation
) -> None:
    first = say(conversation, "One.")
    say(conversation, "Two.")
    two = shown(conversation, "Two.")
    alone, shared = remember(two, "Alone."), remember(two, "Shared.")
    Evidence.objects.create(atom=shared, message=first.reply_message, quote="q")
    delete(person, conversation, two.pk)
    time_passes()
    alone.refresh_from_db()
    shared.refresh_from_db()
    assert (alone.state, shared.state) == (AtomState.WITHDRAWN, AtomState.SAVED)


def test_ten_thousand_messages_go_in_as_few_statements(
    person: User,
    conversation: Conversation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    say(conversation, "One.")
    _lengthen(conversation, 10_000)
    delete(person, conversation, shown(conversation, "One.").pk)
    # The ORM deletes a hundred rows at once.
    with django_assert_max_num_queries(150):
        assert time_passes() == 1
    assert conversation.message_set.count() == 1


@pytest.mark.django_db(transaction=True)
async def test_a_withdrawn_atom_is_deleted_at_the_service_and_its_text_goes(
    conversation: Conversation, memory: FakeMemory
) -> None:
    atom = await withdrawn(conversation)
    memory.atoms[atom.maas_id] = {"anchor": "a", "content": "Rain."}
    assert await erase(memory, can_delete=True) == 1  # type: ignore[arg-type]  # a fake
    await atom.arefresh_from_db()
    assert (atom.state, atom.content) == (AtomState.DELETED, "")
    assert memory.atoms == {}
    assert await erase(memory, can_delete=True) == 0  # type: ignore[arg-type]  # a fake


@pytest.mark.django_db(transaction=True)
async def test_a_service_that_can_not_delete_is_masked_and_the_ledger_says_so(
    conversation: Conversation, memory: FakeMemory
) -> None:
    atom = await withdrawn(conversation)
    await erase(memory, can_delete=False)  # type: ignore[arg-type]  # a fake
    await atom.arefresh_from_db()
    assert (atom.state, atom.content) == (AtomState.MASKED, "")
    assert "can not delete" in atom.problem


@pytest.mark.parametrize("can_delete", [True, False])
@pytest.mark.django_db(transaction=True)
async def test_what_a_deleted_message_taught_leaves_the_records_of_other_turns(
    person: User, conversation: Conversation, memory: FakeMemory, can_delete: bool
) -> None:
    memory.atoms["id of Rain."] = {"anchor": "a", "content": "Rain."}
    await sync_to_async(learnt_used_and_deleted)(person, conversation)
    await erase(memory, can_delete=can_delete)  # type: ignore[arg-type]  # a fake
    assert memory.atoms == {} or not can_delete
    assert await sync_to_async(words_of_turns)() == ({"", "Tea."}, {""})


def learnt_used_and_deleted(person: User, conversation: Conversation) -> None:
    """An atom of one message, and one that stays, stood in an earlier turn's prompt."""
    early = say(conversation, "One.").generation
    say(conversation, "Two.")
    two = shown(conversation, "Two.")
    gone, kept = remember(two, "Rain."), remember(shown(conversation, "One."), "Tea.")
    record = TurnRecord.objects.get(generation=early)
    for place, atom in enumerate((gone, kept)):
        TurnAtom.objects.create(
            record=record,
            position=place,
            atom=atom,
            maas_id=atom.maas_id,
            content=atom.content,
        )
    TurnCall.objects.create(
        record=record,
        half=TurnCall.Half.ANSWER,
        service="model",
        method="POST",
        url="http://localhost/",
        attempt=1,
        began_at=timezone.now(),
        ms=1.0,
        request="You remember: Rain.",
        request_size=19,
    )
    delete(person, conversation, two.pk)
    assert time_passes() == 1


def words_of_turns() -> tuple[set[str], set[str]]:
    """What records of turns hold of memories, and of what was sent."""
    atoms = TurnAtom.objects.values_list("content", flat=True)
    return set(atoms), set(TurnCall.objects.values_list("request", flat=True))


@pytest.mark.django_db(transaction=True)
async def test_while_the_service_is_away_the_atom_waits(
    conversation: Conversation, memory: FakeMemory
) -> None:
    atom = await withdrawn(conversation)
    memory.fail("delete_atom", MemoryUnavailable("away"))
    with pytest.raises(MemoryUnavailable):
        await erase(memory, can_delete=True)  # type: ignore[arg-type]  # a fake
    await atom.arefresh_from_db()
    assert atom.state == AtomState.WITHDRAWN


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (MemoryNotFound("gone"), AtomState.DELETED),
        (BadMemoryRequest("no such id"), AtomState.MASKED),
    ],
)
@pytest.mark.django_db(transaction=True)
async def test_a_refusal_does_not_hold_up_the_others(
    conversation: Conversation, memory: FakeMemory, answer: Exception, state: AtomState
) -> None:
    atom = await withdrawn(conversation)
    memory.fail("delete_atom", answer)
    await erase(memory, can_delete=True)  # type: ignore[arg-type]  # a fake
    await atom.arefresh_from_db()
    assert atom.state == state


def test_an_atom_that_is_confirmed_too_late_is_deleted_after_all(
    conversation: Conversation,
) -> None:
    message = conversation.message_set.get()
    atom = remember(message, "Rain.", maas_id="", state=AtomState.DELETED)
    confirm(atom.client_ref, "atom-7", "anchor-1")
    atom.refresh_from_db()
    assert (atom.state, atom.maas_id) == (AtomState.WITHDRAWN, "atom-7")


@sync_to_async
def withdrawn(conversation: Conversation) -> Atom:
    """An atom without evidence."""
    message = conversation.message_set.get()
    return remember(message, "Rain.", state=AtomState.WITHDRAWN)


@pytest.mark.django_db(transaction=True)
async def test_what_was_deleted_is_not_recalled_from_the_embedded_service(
    person: User, conversation: Conversation
) -> None:
    wiring.site_key.cache_clear()  # another test may have emptied the service's tables
    memory = wiring.memory_client()
    anchor = await memory.create_anchor("Pair", metadata={"lane": "purging"})
    stored = await memory.store_atom(
        anchor.anchor_id, "User likes walks.", source_type="prd", metadata={}
    )
    kept = await memory.store_atom(
        anchor.anchor_id, "User likes tea.", source_type="prd", metadata={}
    )

    def delete_it() -> None:
        say(conversation, "I like walks.")
        said = shown(conversation, "I like walks.")
        remember(said, "User likes walks.", maas_id=stored.atom_ids[0])
        delete(person, conversation, said.pk)
        assert time_passes() == 1

    await sync_to_async(delete_it)()
    assert await erase(memory, can_delete=True) == 1
    answer = await memory.recall(anchor.anchor_id, "Does the user like tea or walks?")
    assert [item.atom_id for item in answer.items] == list(kept.atom_ids)
    await wiring.close()
    wiring.site_key.cache_clear()
