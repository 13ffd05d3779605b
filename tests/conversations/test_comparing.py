"""A comparison answers twice, keeps nothing, and is counted like any other reply."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.utils import timezone

from chatapp.accounts.models import Lease, Usage, User
from chatapp.conversations import comparing
from chatapp.conversations.columns import Frame, compare_again, compare_question
from chatapp.conversations.models import Conversation
from chatapp.memories import anchors
from chatapp.memories.models import Anchor, TurnAtom, TurnCall, TurnRecord
from memory.notes import CLOSED, OPENED
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.tree import say
from tests.harness.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)
COUNTED = {"accounts.lease", "accounts.usage"}


class Page:
    """What a comparison told its told."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    async def tell(self, frame: Frame) -> None:
        self.frames.append(frame)

    def text(self, side: str) -> str:
        told = [f for f in self.frames if f["kind"] == "text" and f["side"] == side]
        return "".join(str(frame["text"]) for frame in told)

    def last(self, kind: str, side: str = "") -> Any:
        found = [f for f in self.frames if f["kind"] == kind]
        return [f for f in found if not side or f["side"] == side][-1]


@pytest.fixture
def told() -> Page:
    return Page()


def rows() -> dict[str, int]:
    """How many rows each table has, but those that count a person's use."""
    models = [model for model in apps.get_models() if model._meta.managed]
    return {
        model._meta.label_lower: model._default_manager.count()
        for model in models
        if model._meta.label_lower not in COUNTED and not model._meta.proxy
    }


@pytest.fixture
def remembering(conversation: Conversation, memory: FakeMemory) -> Iterator[Anchor]:
    """The pair's anchor holds one memory."""
    anchor = anchors.anchor_for(conversation.user, "character", "aria")
    Anchor.objects.filter(pk=anchor.pk).update(maas_id="anchor-1")
    memory.atoms["atom-1"] = {
        "anchor": "anchor-1",
        "content": "User's sister plays cello.",
    }
    yield anchor


async def test_both_answers_are_written_at_once_and_nothing_is_kept(
    person: User,
    conversation: Conversation,
    remembering: Anchor,
    model: FakeModel,
    memory: FakeMemory,
    told: Page,
    settings: Any,
) -> None:
    settings.ADMIT_FOREIGN_ATOMS = True
    model.replies.extend([["One ", "two."], ["One ", "two."]])
    before = await sync_to_async(rows)()
    asked = await sync_to_async(comparing.question)(person, conversation.pk, "Cello?")
    await compare_question(asked, told.tell)
    assert await sync_to_async(rows)() == before
    assert told.text("with") == told.text("without") == "One two."
    with_memory = [m for m in model.asked if OPENED in m[-1].content]
    assert len(with_memory) == 1
    (bare,) = [m for m in model.asked if OPENED not in m[-1].content]
    assert bare[0] == with_memory[0][0]  # the same instructions and rules
    assert with_memory[0][-1].content.partition(CLOSED)[2] == bare[-1].content
    assert memory.fed_back == memory.rejected == []
    assert told.last("notes")["notes"][0][0] == "User's sister plays cello."
    assert told.last("compared")


async def test_each_answer_counts_as_a_turn_and_is_charged(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    told: Page,
) -> None:
    asked = await sync_to_async(comparing.question)(person, conversation.pk, "Hi?")
    await compare_question(asked, told.tell)
    leases = [lease async for lease in Lease.objects.filter(user=person)]
    assert len(leases) == 2 and all(lease.ended_at for lease in leases)
    usage = await Usage.objects.aget(user=person)
    assert usage.tokens == 2 * (10 + 5)  # as the model counted
    assert told.last("ended", "with")["cost"]["prompt_tokens"] == 10


async def test_a_stopped_comparison_is_settled_and_closes_the_model(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    told: Page,
) -> None:
    never = asyncio.Event()
    model.replies.extend([["One ", never], ["Two ", never]])
    asked = await sync_to_async(comparing.question)(person, conversation.pk, "Hi?")
    task = asyncio.create_task(compare_question(asked, told.tell))
    await eventually(
        lambda: told.text("with") and told.text("without"), "both have begun", within=10
    )
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.closed == 2
    leases = [lease async for lease in Lease.objects.filter(user=person)]
    assert all(lease.ended_at for lease in leases)
    assert told.last("ended", "with")["problem"] == "Stopped."
    assert (await Usage.objects.aget(user=person)).tokens > 0


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 8_001], ids=["none", "blank", "long"]
)
def test_only_a_question_is_asked(
    person: User, conversation: Conversation, text: str
) -> None:
    with pytest.raises(comparing.NothingToCompare):
        comparing.question(person, conversation.pk, text)
    assert not Lease.objects.exists()


def test_nobody_else_s_conversation_or_reply_is_compared(
    make_person: Any, conversation: Conversation
) -> None:
    stranger = make_person("stranger")
    turn = recorded(conversation, [system(), user(OPENED + "[m1] x" + CLOSED + "Hi.")])
    with pytest.raises(comparing.NothingToCompare):
        comparing.question(stranger, conversation.pk, "Hi?")
    with pytest.raises(comparing.NothingToCompare):
        comparing.again(stranger, turn)


async def test_a_reply_is_written_again_from_its_own_prompt_without_memory(
    person: User, conversation: Conversation, model: FakeModel, told: Page
) -> None:
    sent = [system(), user("Earlier."), user(OPENED + "[m1] x" + CLOSED + "Hi.")]
    turn = await sync_to_async(recorded)(conversation, sent, seed=3)
    model.replies.append(["Without."])
    before = await sync_to_async(rows)()
    reply = await sync_to_async(comparing.again)(person, turn)
    await compare_again(reply, told.tell)
    assert await sync_to_async(rows)() == before
    (asked,) = model.asked
    assert [message.content for message in asked] == ["Be Aria.", "Earlier.", "Hi."]
    assert model.seeds == [3]
    assert told.text("with") == "Re: Hi."
    assert told.text("without") == "Without."


@pytest.mark.parametrize(
    ("sent", "size"),
    [
        pytest.param([("user", "Hi.")], None, id="no memory in it"),
        pytest.param([("user", "Hi.")], 10**6, id="not kept whole"),
    ],
)
def test_a_reply_that_can_not_be_asked_the_same_again_says_why(
    person: User, conversation: Conversation, sent: Any, size: int | None
) -> None:
    messages = [{"role": role, "content": content} for role, content in sent]
    turn = recorded(conversation, messages, size=size)
    with pytest.raises(comparing.NothingToCompare, match=r"\w{5}"):
        comparing.again(person, turn)
    assert Lease.objects.count() == 1  # that of the reply itself


def system() -> dict[str, str]:
    return {"role": "system", "content": "Be Aria."}


def user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}


def recorded(
    conversation: Conversation,
    messages: list[dict[str, str]],
    *,
    seed: int | None = None,
    size: int | None = None,
) -> uuid.UUID:
    """A reply whose prompt is on record; returns its generation."""
    begun = say(conversation, "Hi.")
    record = TurnRecord.objects.get(generation=begun.generation)
    body = json.dumps({"model": "fake", "messages": messages, "seed": seed})
    TurnAtom.objects.create(record=record, position=0, maas_id="a", injected=True)
    TurnCall.objects.create(
        record=record,
        half=TurnCall.Half.ANSWER,
        service="model",
        method="POST",
        url="http://scripted.localhost/v1/chat/completions",
        began_at=timezone.now(),
        ms=1.0,
        request=body,
        request_size=len(body) if size is None else size,
    )
    return begun.generation.pk
