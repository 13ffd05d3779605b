"""What was said is learnt: in steps, once, and after any outage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from procrastinate.jobs import Job
from pytest_django import Settings

from chatapp.accounts.models import Usage, User
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Message, Status
from chatapp.conversations.revising import regenerate
from chatapp.conversations.tasks import OutageRetry, learn_turn, renew_anchor
from chatapp.conversations.turns import Begun, begin
from chatapp.memories import records
from chatapp.memories.book import TurnBook
from chatapp.memories.lines import MemoryLine, memory_lines
from chatapp.memories.models import (
    Anchor,
    Atom,
    AtomState,
    StepStatus,
    TurnRecord,
    TurnStep,
)
from chatapp.memories.pause import Paused
from chatapp.memories.queue import PARKED
from memory.errors import (
    AccessDenied,
    BadMemoryRequest,
    BillingBlocked,
    KeyRefused,
    MemoryAPIError,
    MemoryAway,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRateLimited,
    MemoryUnavailable,
)
from memory.prompt import build
from memory.recall import Recollection, Remembered
from memory.reply import Citation
from memory.wire import StoredAtoms
from tests.conversations.fakes import BROKEN_JSON, FakeMemory, FakeModel
from tests.memories.remembering import in_panel

pytestmark = pytest.mark.django_db(transaction=True)
RAIN = {
    "type": "preference",
    "content": "User loves rain.",
    "confidence": 0.9,
    "quote": "I love rain",
    "speaker": "user",
}


def spoken(
    person: User,
    conversation: Conversation,
    said: str = "I love rain.",
    reply: str = "So do I.",
    *,
    status: Status = Status.COMPLETE,
    recalled: tuple[Remembered, ...] = (),
    cites: str = "",
) -> Begun:
    """A turn that has ended, with its record."""
    conversation.refresh_from_db()
    begun = begin(person, conversation, said, uuid4())
    prompt = build(instructions="x", history=[], text=said, atoms=recalled)
    records.open_record(
        begun.generation.pk,
        begun.anchor.pk,
        records.Recorded(Recollection(recalled, "session-1"), prompt, 1.0, 1.0),
    )
    citations = [Citation(cites, 3)] if cites else []
    finish(
        begun.generation,
        begun.anchor.pk,
        Ended(status, reply, citations, finish="stop"),
    )
    return begun


@sync_to_async
def answered_again(begun: Begun) -> Begun:
    """The reply that is written to the same message instead."""
    user, conversation = begun.anchor.user, begun.reply_message.conversation
    return regenerate(user, conversation, begun.reply_message.pk)


async def learn(begun: Begun) -> None:
    await learn_turn(str(begun.generation.pk))


async def test_what_was_said_is_stored_and_confirmed(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(person, conversation)
    await learn(begun)
    atom = await Atom.objects.aget()
    assert atom.state == AtomState.SAVED
    assert memory.atoms[atom.maas_id]["atom_type"] == "preference"
    assert memory.atoms[atom.maas_id]["session_id"] == str(conversation.pk)
    line = (await sync_to_async(memory_lines)([begun.generation.pk]))[
        begun.generation.pk
    ]
    assert (line.saved, line.learning, line.failed) == (1, False, "")


async def test_learning_again_stores_nothing_twice(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(person, conversation)
    await learn(begun)
    await learn(begun)
    assert len(memory.atoms) == 1
    assert await Atom.objects.acount() == 1


async def test_the_same_fact_again_is_evidence_not_a_second_atom(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    model.atoms.append([RAIN | {"quote": "I really love rain"}])
    first = await sync_to_async(spoken)(person, conversation)
    await learn(first)
    second = await sync_to_async(spoken)(person, conversation, "I really love rain.")
    await learn(second)
    atom = await Atom.objects.aget()
    assert await atom.evidence.acount() == 2
    assert len(memory.atoms) == 1


async def test_an_outage_waits_and_says_so_then_everything_is_stored(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    memory.fail("store_atom", MemoryUnavailable("away"))
    begun = await sync_to_async(spoken)(person, conversation)
    with pytest.raises(MemoryUnavailable):
        await learn(begun)
    groups = await sync_to_async(in_panel)(begun.anchor)
    assert groups[0].slips[0].state == AtomState.PENDING
    line = (await sync_to_async(memory_lines)([begun.generation.pk]))[
        begun.generation.pk
    ]
    assert (line.saved, line.failed) == (0, "")
    assert line.waiting
    await learn(begun)
    assert (await Atom.objects.aget()).state == AtomState.SAVED
    assert not await TurnStep.objects.filter(name="learn").aexists()


async def test_a_refused_atom_fails_visibly_and_ends_the_turn(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    memory.fail("store_atom", BadMemoryRequest("malformed"))
    begun = await sync_to_async(spoken)(person, conversation)
    await learn(begun)
    atom = await Atom.objects.aget()
    assert atom.state == AtomState.FAILED
    assert atom.problem


async def test_nonsense_from_the_extractor_stores_nothing_and_says_so(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append(BROKEN_JSON)
    begun = await sync_to_async(spoken)(person, conversation)
    await learn(begun)
    assert not await Atom.objects.aexists()
    step = await TurnStep.objects.aget(name="extract")
    assert (step.status, step.detail) == ("failed", "The model answered nonsense.")


def remembered(label_text: str = "User keeps two goats in Vigo.") -> Remembered:
    return Remembered("atom-9", label_text, score=0.9, rank=1, recalled=True)


async def test_feedback_goes_out_for_the_cited_atom_and_no_other(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    other = Remembered("atom-8", "User hates mussels.", rank=2, recalled=True)
    begun = await sync_to_async(spoken)(
        person,
        conversation,
        "Who is waiting for me at home?",
        "Your two goats in Vigo.",
        recalled=(remembered(), other),
        cites="m1",
    )
    await learn(begun)
    assert memory.fed_back == [("session-1", ("atom-9",))]
    await learn(begun)
    assert len(memory.fed_back) == 1


@pytest.mark.parametrize(
    ("reply", "status", "cites"),
    [
        pytest.param("It will rain.", Status.COMPLETE, "", id="not cited"),
        pytest.param("It will rain.", Status.COMPLETE, "m1", id="cited, not used"),
        pytest.param("Your two goats in Vigo", Status.STOPPED, "m1", id="stopped"),
        pytest.param("Your two goats in Vigo", Status.FAILED, "m1", id="failed"),
        pytest.param("Your goats in Vigo", Status.INTERRUPTED, "m1", id="interrupted"),
        pytest.param("Goats.", Status.COMPLETE, "m7", id="made-up label"),
    ],
)
async def test_nothing_verified_no_feedback_call(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    reply: str,
    status: Status,
    cites: str,
) -> None:
    begun = await sync_to_async(spoken)(
        person,
        conversation,
        "What will the weather be?",
        reply,
        status=status,
        recalled=(remembered(),),
        cites=cites,
    )
    await learn(begun)
    assert memory.fed_back == []


async def test_a_stopped_reply_still_teaches_what_the_person_said(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(person, conversation, status=Status.STOPPED)
    await learn(begun)
    assert (await Atom.objects.aget()).state == AtomState.SAVED


async def test_a_reply_left_behind_takes_its_memory_with_it(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    reveal = {
        "type": "backstory_reveal",
        "content": "Aria grew up on a lightship.",
        "confidence": 0.9,
        "quote": "I grew up on a lightship.",
        "speaker": "assistant",
    }
    model.atoms.append([RAIN, reveal])
    begun = await sync_to_async(spoken)(
        person, conversation, reply="I grew up on a lightship."
    )
    await learn(begun)
    assert len(await sync_to_async(in_panel)(begun.anchor)) == 2
    await answered_again(begun)
    (group,) = await sync_to_async(in_panel)(begun.anchor)
    assert group.type == "preference"


async def test_a_reply_left_behind_reinforces_nothing(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    begun = await sync_to_async(spoken)(
        person,
        conversation,
        "Who is waiting for me at home?",
        "Your two goats in Vigo.",
        recalled=(remembered(),),
        cites="m1",
    )
    await answered_again(begun)
    await learn(begun)
    assert memory.fed_back == []
    record = await TurnRecord.objects.aget(generation=begun.generation)
    assert not record.final


async def test_answering_again_does_not_learn_the_persons_words_twice(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    reveal = {
        "type": "backstory_reveal",
        "content": "Aria grew up on a lightship.",
        "confidence": 0.9,
        "quote": "I grew up on a lightship.",
        "speaker": "assistant",
    }
    otherwise = RAIN | {"content": "User enjoys wet weather."}
    model.atoms.extend([[RAIN], [otherwise, reveal]])
    first = await sync_to_async(spoken)(person, conversation)
    await learn(first)
    again = await answered_again(first)
    text = "I grew up on a lightship."
    await sync_to_async(finish)(
        again.generation, again.anchor.pk, Ended(Status.COMPLETE, text)
    )
    await learn(again)
    stored = [atom["content"] for atom in memory.atoms.values()]
    assert stored == ["User loves rain.", "Aria grew up on a lightship."]


async def test_a_turn_that_failed_before_its_prompt_is_learnt_from_too(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(begin)(person, conversation, "I love rain.", uuid4())
    await sync_to_async(finish)(
        begun.generation, begun.anchor.pk, Ended(Status.FAILED, "", problem="No model.")
    )
    line = await line_of(begun)
    assert (line.learning, line.saved) == (True, 0)
    await learn(begun)
    line = await line_of(begun)
    assert (line.learning, line.saved) == (False, 1)
    record = await TurnRecord.objects.aget(generation=begun.generation)
    assert record.learnt_at is not None


async def test_a_database_that_goes_away_meanwhile_is_waited_for(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("server closed the connection")

    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(person, conversation)
    with monkeypatch.context() as patch:
        patch.setattr(TurnBook, "_evaluated", away)
        with pytest.raises(OperationalError) as caught:
            await learn(begun)
    assert OutageRetry().get_retry_decision(exception=caught.value, job=job(0))
    assert not await TurnStep.objects.filter(name="learn").aexists()
    await learn(begun)
    assert (await Atom.objects.aget()).state == AtomState.SAVED


async def test_a_conversation_that_was_deleted_meanwhile_is_let_go(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model.atoms.append([RAIN])
    begun = await sync_to_async(spoken)(person, conversation)
    extracted = TurnBook._extracted

    def too_late(self: TurnBook, extraction: Any) -> None:
        Message.objects.all().delete()
        extracted(self, extraction)

    monkeypatch.setattr(TurnBook, "_extracted", too_late)
    await learn(begun)
    assert memory.atoms == {}
    await learn(begun)


async def test_extraction_is_charged_to_the_person(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    begun = await sync_to_async(spoken)(person, conversation)
    before = (await Usage.objects.aget(user=person)).tokens
    await learn(begun)
    after = (await Usage.objects.aget(user=person)).tokens
    assert 100 < after - before < 2000
    await learn(begun)
    assert (await Usage.objects.aget(user=person)).tokens == after


async def test_two_atoms_that_the_service_takes_for_one_become_one(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def always_the_same(*_: object, **__: object) -> StoredAtoms:
        return StoredAtoms(("atom-1",), 1)

    monkeypatch.setattr(memory, "store_atom", always_the_same)
    dry = RAIN | {"content": "User can not stand a dry summer.", "quote": "no dry days"}
    model.atoms.append([RAIN, dry])
    said = "I love rain, no dry days for me."
    begun = await sync_to_async(spoken)(person, conversation, said)
    await learn(begun)
    atom = await Atom.objects.aget()
    assert (atom.maas_id, atom.state) == ("atom-1", AtomState.SAVED)
    assert await atom.evidence.acount() == 2


async def test_a_renewal_that_was_cut_off_goes_on_with_the_next_turn(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    await learn(await sync_to_async(spoken)(person, conversation))
    memory.atoms.clear()
    # The new scope was made, and then the process died.
    await Anchor.objects.aupdate(maas_id="anchor-9")
    await learn(await sync_to_async(spoken)(person, conversation, "Good evening!"))
    (stored,) = memory.atoms.values()
    assert (stored["anchor"], stored["content"]) == ("anchor-9", "User loves rain.")
    assert stored["session_id"] == str(conversation.pk)
    atom = await Atom.objects.aget()
    assert (atom.scope, atom.state) == ("anchor-9", AtomState.SAVED)


async def test_an_anchor_that_the_service_lost_is_made_again_and_filled(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.atoms.append([RAIN])
    model.atoms.append([RAIN | {"content": "User owns a goat.", "quote": "a goat"}])
    first = await sync_to_async(spoken)(person, conversation)
    await learn(first)
    memory.atoms.clear()
    memory.fail("store_atom", MemoryNotFound("anchor not found"))
    second = await sync_to_async(spoken)(person, conversation, "I own a goat.")
    with pytest.raises(MemoryNotFound):
        await learn(second)  # the job is tried again
    await learn(second)
    anchor = await Anchor.objects.aget()
    assert anchor.maas_id == "anchor-2"
    stored = {atom["content"]: atom["anchor"] for atom in memory.atoms.values()}
    assert stored == {"User loves rain.": "anchor-2", "User owns a goat.": "anchor-2"}


REFUSALS = [BadMemoryRequest("name is too long"), MemoryProtocolError("no anchor_id")]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_an_anchor_that_the_service_refuses_fails_visibly_and_holds_up_nobody(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    refusal: MemoryAPIError,
) -> None:
    model.atoms.append([RAIN])
    memory.fail("create_anchor", refusal)
    first = await sync_to_async(spoken)(person, conversation)
    await learn(first)  # it ends: the job is not tried again
    line = await line_of(first)
    assert (line.saved, line.learning) == (0, False)
    assert line.failed
    step = await TurnStep.objects.aget(
        record__generation=first.generation, name="learn"
    )
    assert (step.status, step.detail) == (StepStatus.FAILED, refusal.user_message)
    model.atoms.clear()
    model.atoms.append([RAIN | {"content": "User owns a goat.", "quote": "a goat"}])
    await learn(await sync_to_async(spoken)(person, conversation, "I own a goat."))
    assert [atom["content"] for atom in memory.atoms.values()] == ["User owns a goat."]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_renewal_that_the_service_refuses_ends_and_is_tried_by_the_next_turn(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    refusal: MemoryAPIError,
    caplog: pytest.LogCaptureFixture,
) -> None:
    model.atoms.append([RAIN])
    await learn(await sync_to_async(spoken)(person, conversation))
    memory.atoms.clear()
    anchor = await Anchor.objects.aget()
    memory.fail("create_anchor", refusal)
    await renew_anchor(str(anchor.pk), anchor.maas_id)
    assert "can not be made again" in caplog.text
    await learn(await sync_to_async(spoken)(person, conversation, "Good evening!"))
    (stored,) = memory.atoms.values()
    assert (stored["anchor"], stored["content"]) == ("anchor-2", "User loves rain.")


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_look_that_is_refused_holds_up_no_turn_of_an_anchor_made_again(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    settings: Settings,
    refusal: MemoryAPIError,
) -> None:
    settings.EMBEDDED_MAAS = False  # looks for an atom before it stores it again
    model.atoms.append([RAIN])
    await learn(await sync_to_async(spoken)(person, conversation))
    memory.atoms.clear()
    await Anchor.objects.aupdate(maas_id="anchor-9")
    memory.fail("recall", refusal)
    model.atoms.append([RAIN | {"content": "User owns a goat.", "quote": "a goat"}])
    await learn(await sync_to_async(spoken)(person, conversation, "I own a goat."))
    assert [atom["content"] for atom in memory.atoms.values()] == ["User owns a goat."]


async def line_of(begun: Begun) -> MemoryLine:
    lines = await sync_to_async(memory_lines)([begun.generation.pk])
    return lines[begun.generation.pk]


def job(attempts: int) -> Job:
    return Job(
        id=1,
        queue="learn",
        lock=None,
        queueing_lock=None,
        task_name="learn_turn",
        attempts=attempts,
    )


def waits(error: Exception, attempts: int) -> list[float]:
    """A hundred waits, in seconds, shortest first."""
    found = [
        OutageRetry().get_retry_decision(exception=error, job=job(attempts))
        for _ in range(100)
    ]
    now = datetime.now(UTC)
    return sorted(
        (d.retry_at - now).total_seconds()
        for d in found
        if d is not None and d.retry_at is not None
    )


@pytest.mark.parametrize(
    ("attempts", "least", "most"),
    [(0, 0, 1), (1, 0, 2), (5, 10, 30), (240, 15, 30), (24 * 3600, 15, 30)],
)
def test_an_outage_is_waited_for_however_long_it_lasts(
    attempts: int, least: float, most: float
) -> None:
    assert least <= waits(MemoryUnavailable("away"), attempts)[-1] <= most


@pytest.mark.parametrize(("asked", "waited"), [(20, 20), (90, 90), (86_400, 300)])
def test_a_retry_after_is_honoured_up_to_a_ceiling(asked: float, waited: float) -> None:
    shortest = waits(MemoryRateLimited("busy", retry_after=asked), 0)[0]
    assert waited - 1 <= shortest <= waited


def test_behind_an_open_breaker_jobs_wait_longer_since_they_are_woken() -> None:
    shortest, *_, longest = waits(MemoryAway("not asked"), 0)
    assert 29 <= shortest <= longest <= 121


@pytest.mark.parametrize(
    "error",
    [BillingBlocked("unpaid"), KeyRefused("bad key"), AccessDenied("no"), Paused()],
)
def test_what_an_operator_has_to_settle_is_set_aside(error: Exception) -> None:
    decision = OutageRetry().get_retry_decision(exception=error, job=job(0))
    assert decision is not None
    assert (decision.queue, decision.retry_at) == (PARKED, None)


def test_a_bug_is_not_tried_again() -> None:
    assert OutageRetry().get_retry_decision(exception=KeyError("x"), job=job(0)) is None
