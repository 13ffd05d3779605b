"""The runner writes replies: all the text is kept, whatever ends them."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from procrastinate.exceptions import ConnectorException

from chatapp.accounts import caps
from chatapp.accounts.models import Usage, User
from chatapp.conversations import flushing
from chatapp.conversations import runner as runner_module
from chatapp.conversations.models import Conversation, Generation, Status
from chatapp.conversations.runner import Runner
from chatapp.conversations.turns import Begun, begin
from chatapp.conversations.writing import Writing
from chatapp.memories.models import Anchor, TurnRecord
from memory.errors import MemoryUnavailable, ModelInterrupted
from tests.conversations.endings import ended
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.harness.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


async def begun_turn(person: User, conversation: Conversation) -> Begun:
    return await sync_to_async(begin)(
        person, conversation, "I love rain.", uuid.uuid4()
    )


async def test_a_reply_is_streamed_and_kept(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good ", "evening", "."])
    runner = Runner()
    begun = await begun_turn(person, conversation)
    await runner.start(begun)
    live = runner.live(begun.generation.pk)
    assert live is not None
    shown = "".join([delta.text async for delta in live.follow()])
    row = await ended(begun)
    assert shown == row.message.text == "Good evening."
    assert row.status == Status.COMPLETE
    assert (row.prompt_tokens, row.completion_tokens) == (10, 5)
    record = await TurnRecord.objects.aget(generation=row)
    assert record.session_id == "session-1"


async def test_the_anchor_is_made_before_the_first_recall(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    await ended(begun)
    assert memory.recalled == ["anchor-1"]
    assert memory.anchors[0]["user_external_id"] == person.chat_external_id
    assert memory.anchors[0]["character_id"] == "aria"
    assert person.username not in str(memory.anchors)
    anchor = await Anchor.objects.aget(user=person)
    assert anchor.maas_id == "anchor-1"


async def test_stop_keeps_the_text_and_closes_the_stream(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good", asyncio.Event(), "never"])
    runner = Runner()
    begun = await begun_turn(person, conversation)
    await runner.start(begun)
    live = runner.live(begun.generation.pk)
    assert live is not None
    async for _ in live.follow():
        break
    assert await runner.stop(begun.generation.pk)
    row = await ended(begun)
    assert (row.status, row.message.text) == (Status.STOPPED, "Good")
    assert model.closed == 1
    # The model had read the prompt, whatever became of its reply.
    assert (await Usage.objects.aget(user=person)).tokens > 20


async def test_stop_from_another_process_is_seen_at_the_next_flush(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good", asyncio.Event()])
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    await Generation.objects.filter(pk=begun.generation.pk).aupdate(stop_requested=True)
    assert (await ended(begun)).status == Status.STOPPED


async def test_a_model_that_breaks_off_fails_the_reply_and_keeps_its_text(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good", ModelInterrupted("cut")])
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    row = await ended(begun)
    assert (row.status, row.message.text) == (Status.FAILED, "Good")
    assert row.problem


async def test_a_bug_of_ours_loses_nothing_either(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good", RuntimeError("a bug")])
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    row = await ended(begun)
    assert (row.status, row.message.text) == (Status.FAILED, "Good")
    assert "RuntimeError" in row.detail
    assert "RuntimeError" not in row.problem


async def test_without_memory_the_reply_still_comes_and_says_so(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    memory.fail("create_anchor", MemoryUnavailable("away"))
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    row = await ended(begun)
    assert row.status == Status.COMPLETE
    record = await TurnRecord.objects.aget(generation=row)
    assert record.failure
    assert memory.recalled == []


async def test_what_was_shown_is_in_the_event_log_before_the_end(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    gate = asyncio.Event()
    model.replies.append(["Good ", "evening", gate])
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)

    async def is_logged() -> bool:
        pieces = [e.text async for e in begun.generation.events.order_by("seq")]
        return "".join(pieces) == "Good evening"

    await eventually(is_logged, "what was shown is in the log")
    assert await TurnRecord.objects.filter(generation=begun.generation).aexists()
    gate.set()
    row = await ended(begun)
    assert row.message.text == "Good evening"
    assert not await begun.generation.events.aexists()


async def test_a_drained_server_interrupts_what_is_still_running(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good", asyncio.Event()])
    runner = Runner()
    begun = await begun_turn(person, conversation)
    await runner.start(begun)
    await asyncio.sleep(0.1)
    await runner.drain(0.05)
    row = await ended(begun)
    assert (row.status, row.message.text) == (Status.INTERRUPTED, "Good")


async def test_a_cap_that_can_not_be_renewed_costs_no_text(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(_: object) -> None:
        raise OperationalError("the database went away")

    monkeypatch.setattr(caps, "renew", away)
    monkeypatch.setattr(flushing, "RENEW_S", 0.0)
    gate = asyncio.Event()
    model.replies.append(["Good ", gate, "evening."])
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    await asyncio.sleep(0.5)
    gate.set()
    row = await ended(begun)
    assert (row.status, row.message.text) == (Status.COMPLETE, "Good evening.")


@pytest.mark.parametrize("fault", [OperationalError("gone"), ConnectorException()])
async def test_an_end_that_can_not_be_written_is_written_when_the_database_is_back(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    faults = [fault, fault]
    close = Writing.close

    def sometimes(self: Writing, how: object) -> None:
        if faults:
            raise faults.pop()
        close(self, how)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Writing, "close", sometimes)
    monkeypatch.setattr(runner_module, "CLOSE_AGAIN_S", 0.01)
    model.replies.append(["Good evening."])
    begun = await begun_turn(person, conversation)
    await Runner().start(begun)
    row = await ended(begun)
    assert (row.status, row.message.text) == (Status.COMPLETE, "Good evening.")


async def test_words_whose_end_can_never_be_written_are_in_the_log_for_the_reaper(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(self: Writing, how: object) -> None:
        raise ConnectorException

    monkeypatch.setattr(Writing, "close", never)
    monkeypatch.setattr(runner_module, "CLOSE_TRIES", 2)
    monkeypatch.setattr(runner_module, "CLOSE_AGAIN_S", 0.01)
    monkeypatch.setattr(runner_module, "FLUSH_S", 60)
    model.replies.append(["Good evening."])
    runner = Runner()
    begun = await begun_turn(person, conversation)
    await runner.start(begun)
    await eventually(lambda: not runner.writes(), "the runner is done")
    pieces = begun.generation.events.order_by("seq").values_list("text", flat=True)
    assert "".join([piece async for piece in pieces]) == "Good evening."


async def test_a_reply_that_was_ended_elsewhere_stops_and_closes_the_stream(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["Good", asyncio.Event(), "never"])
    runner = Runner()
    begun = await begun_turn(person, conversation)
    await runner.start(begun)
    await Generation.objects.filter(pk=begun.generation.pk).aupdate(
        status=Status.INTERRUPTED
    )
    await eventually(lambda: not runner.writes(), "the runner is done")
    assert model.closed == 1
    assert (await ended(begun)).status == Status.INTERRUPTED
    assert not await begun.generation.events.aexists()


async def test_an_anchor_that_can_not_be_opened_fails_no_page(
    person: User, conversation: Conversation, memory: FakeMemory
) -> None:
    runner = Runner()
    gone = Anchor(user=person, lane="character", key="aria")
    await runner.open_anchor(gone, person.chat_external_id, "Pair")
    await runner.drain(1)
    assert memory.anchors == []
