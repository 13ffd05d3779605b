"""What a person decided holds for everything that is learnt later."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
from asgiref.sync import sync_to_async

from chatapp.accounts.models import User
from chatapp.conversations import tasks
from chatapp.conversations.models import Conversation, Generation, Message, Status
from chatapp.conversations.turns import begin
from chatapp.memories import asking, forgetting, off_record
from chatapp.memories.gate import FORGOTTEN
from chatapp.memories.lines import memory_lines
from chatapp.memories.models import (
    Anchor,
    Atom,
    AtomState,
    StepStatus,
    TurnRecord,
    TurnStep,
)
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.memories.remembering import scope_of

pytestmark = pytest.mark.django_db(transaction=True)
ILL = "I have diabetes."


def found(text: str, content: str) -> list[dict[str, object]]:
    """What the model extracts from `text`."""
    return [
        {
            "type": "relationship_event",
            "content": content,
            "confidence": 0.9,
            "quote": text.rstrip("."),
            "speaker": "user",
            "about": "user",
            "realm": "life",
            "date": "",
        }
    ]


def said(person: User, conversation: Conversation, text: str) -> Generation:
    """They say it and get a reply."""
    generation = begin(person, conversation, text, uuid.uuid4()).generation
    TurnRecord.objects.get_or_create(
        generation=generation, defaults={"anchor": scope_of(conversation)}
    )
    Generation.objects.filter(pk=generation.pk).update(
        status=Status.COMPLETE, ended_at=generation.created_at
    )
    Message.objects.filter(pk=generation.message_id).update(text="I see.")
    return generation


async def learn(
    person: User, conversation: Conversation, model: FakeModel, text: str, content: str
) -> Generation:
    """What they said is learnt."""
    generation = await sync_to_async(said)(person, conversation, text)
    model.atoms.append(found(text, content))
    await tasks.learn_turn(str(generation.pk))
    return generation


def stored(memory: FakeMemory) -> Sequence[str]:
    return [atom["content"] for atom in memory.atoms.values()]


async def test_a_delicate_fact_waits_and_is_stored_after_a_yes(
    person: User, conversation: Conversation, memory: FakeMemory, model: FakeModel
) -> None:
    generation = await learn(person, conversation, model, ILL, "User has diabetes.")
    atom = await Atom.objects.aget()
    assert (atom.state, atom.waits_for) == (AtomState.WAITING, "health")
    assert stored(memory) == []
    line = (await sync_to_async(memory_lines)([generation.pk]))[generation.pk]
    assert (line.asks, line.saved) == (1, 0)
    await sync_to_async(asking.answer)(person, "health", allowed=True)
    await tasks.renew_anchor(str(atom.anchor_id), "")
    assert stored(memory) == ["User has diabetes."]
    await atom.arefresh_from_db()
    assert (atom.state, atom.waits_for) == (AtomState.SAVED, "")
    await learn(person, conversation, model, "I have asthma.", "User has asthma.")
    assert stored(memory) == ["User has diabetes.", "User has asthma."]


async def test_after_a_no_nothing_of_the_kind_is_taken_in(
    person: User, conversation: Conversation, memory: FakeMemory, model: FakeModel
) -> None:
    await learn(person, conversation, model, ILL, "User has diabetes.")
    await sync_to_async(asking.answer)(person, "health", allowed=False)
    atom = await Atom.objects.aget()
    assert atom.state == AtomState.FORGOTTEN
    generation = await learn(
        person, conversation, model, "I have asthma.", "User has asthma."
    )
    assert await Atom.objects.acount() == 1
    record = await TurnRecord.objects.aget(generation=generation)
    assert record.rejected == ["You chose not to have health remembered."]
    assert stored(memory) == []


async def test_what_was_forgotten_is_asked_about_when_it_is_said_anew(
    person: User, conversation: Conversation, memory: FakeMemory, model: FakeModel
) -> None:
    await learn(person, conversation, model, "I love rain.", "User loves rain.")
    first = await Atom.objects.aget()
    await sync_to_async(forgetting.forget)(first.pk)
    await learn(person, conversation, model, "I do love rain!", "User loves rain.")
    again = await Atom.objects.exclude(pk=first.pk).aget()
    assert (again.state, again.waits_for) == (AtomState.WAITING, FORGOTTEN)
    await sync_to_async(asking.remember_again)(again.pk)
    await tasks.renew_anchor(str(again.anchor_id), "")
    await again.arefresh_from_db()
    assert again.state == AtomState.SAVED


async def test_nothing_is_learnt_again_from_the_words_that_were_forgotten(
    person: User, conversation: Conversation, memory: FakeMemory, model: FakeModel
) -> None:
    generation = await learn(
        person, conversation, model, "I love rain.", "User loves rain."
    )
    await sync_to_async(forgetting.forget)((await Atom.objects.aget()).pk)
    # An operator has the turn learnt once more, and the model words it differently.
    await TurnStep.objects.filter(record__generation=generation).adelete()
    await TurnRecord.objects.filter(generation=generation).aupdate(learnt_at=None)
    model.atoms.append(found("I love rain.", "User is fond of showers."))
    await tasks.learn_turn(str(generation.pk))
    assert await Atom.objects.acount() == 1


async def test_off_the_record_nothing_is_learnt_also_by_a_job_that_waited(
    person: User, conversation: Conversation, memory: FakeMemory, model: FakeModel
) -> None:
    before = await sync_to_async(said)(person, conversation, "I love rain.")
    await sync_to_async(off_record.switch_on)(conversation.pk)
    during = await sync_to_async(said)(person, conversation, "I love snow.")
    line = (await sync_to_async(memory_lines)([during.pk]))[during.pk]
    assert (line.learning, line.failed) == (False, off_record.NOTE)
    await sync_to_async(off_record.switch_off)(conversation.pk)
    for generation in (before, during):
        await tasks.learn_turn(str(generation.pk))
        learn_step = await TurnStep.objects.aget(
            record__generation=generation, name="learn"
        )
        assert learn_step.status == StepStatus.OFF_RECORD
    assert await Atom.objects.acount() == 0
    assert memory.fed_back == []
    await learn(person, conversation, model, "I love hail.", "User loves hail.")
    assert stored(memory) == ["User loves hail."]


async def test_what_was_found_and_not_stored_yet_is_let_go_with_the_switch(
    person: User, conversation: Conversation
) -> None:
    def switch() -> Atom:
        generation = said(person, conversation, "I love rain.")
        atom = Atom.objects.create(
            anchor=scope_of(conversation),
            client_ref=uuid.uuid4(),
            atom_type="preference",
            content="User loves rain.",
            confidence=0.9,
            source_type="prd",
            brought_by=TurnRecord.objects.get(generation=generation),
        )
        off_record.switch_on(conversation.pk)
        atom.refresh_from_db()
        return atom

    assert (await sync_to_async(switch)()).state == AtomState.WITHDRAWN


async def test_a_boundary_is_kept_without_a_question(
    person: User, conversation: Conversation, memory: FakeMemory, model: FakeModel
) -> None:
    generation = await sync_to_async(said)(
        person, conversation, "Please don't ask about my illness."
    )
    proposal = found("don't ask about my illness.", "User avoids their illness.")
    model.atoms.append([{**proposal[0], "type": "boundary"}])
    await tasks.learn_turn(str(generation.pk))
    assert stored(memory) == ["User avoids their illness."]
    assert await Anchor.objects.acount() == 1
