"""Continue goes on in the same message: nothing of it is lost, learnt or told twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chatapp.accounts.models import User
from chatapp.conversations import continuing
from chatapp.conversations.continuing import NothingToContinue, Shared
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import (
    Conversation,
    Generation,
    GenerationEvent,
    Message,
    PathEntry,
    Status,
)
from chatapp.conversations.reaper import DEAD_S, interrupt, silent
from chatapp.conversations.runner import Runner
from chatapp.conversations.tasks import learn_turn
from chatapp.conversations.turns import Begun, ReplyRunning, begin
from chatapp.memories.inspector import turn_shown
from chatapp.memories.models import TurnRecord
from memory.errors import ModelInterrupted
from memory.prompt import GO_ON
from tests.conversations.endings import ended
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.conversations.tree import messages_of

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
ENDED = [Status.STOPPED, Status.INTERRUPTED, Status.FAILED, Status.COMPLETE]


def spoken(
    person: User,
    conversation: Conversation,
    text: str = "Once upon",
    status: Status = Status.STOPPED,
) -> Begun:
    begun = begin(person, conversation, "Tell me a story.", uuid.uuid4())
    finish(begun.generation, begun.anchor.pk, Ended(status, text, finish="stop"))
    return begun


def go_on(person: User, conversation: Conversation, first: Begun) -> Begun:
    return continuing.begin(person, conversation, first.reply_message.pk)


@committed
@pytest.mark.parametrize("status", [Status.STOPPED, Status.COMPLETE])
async def test_a_reply_that_has_ended_goes_on_in_the_same_message(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    status: Status,
) -> None:
    model.replies.append([" a time", "."])
    first = await sync_to_async(spoken)(person, conversation, status=status)
    more = await sync_to_async(go_on)(person, conversation, first)
    runner = Runner()
    await runner.start(more)
    live = runner.live(more.generation.pk)
    assert live is not None
    shown = "".join([delta.text async for delta in live.follow()])
    row = await ended(more)
    joint = "\n\na" if status == Status.COMPLETE else " a"
    assert row.message.text == shown == f"Once upon{joint} time."
    assert row.message_id == first.reply_message.pk
    assert row.status == Status.COMPLETE
    assert row.base == len("Once upon")
    assert row.message.generation_id == row.pk
    assert await Message.objects.filter(conversation=conversation).acount() == 3


@committed
async def test_the_model_reads_the_reply_so_far_and_is_asked_to_go_on(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    first = await sync_to_async(spoken)(person, conversation)
    more = await sync_to_async(go_on)(person, conversation, first)
    await Runner().start(more)
    await ended(more)
    roles = [message.role for message in model.asked[0]]
    assert roles == ["system", "assistant", "user", "assistant", "user"]
    said = [message.content for message in model.asked[0]][2:]
    assert said == ["Tell me a story.", "Once upon", GO_ON]


@committed
async def test_words_that_the_model_says_again_stand_there_once(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append(["the keeper ", "climbed the", " stairs."])
    text = "At dawn the keeper climbed"
    first = await sync_to_async(spoken)(person, conversation, text)
    more = await sync_to_async(go_on)(person, conversation, first)
    await Runner().start(more)
    row = await ended(more)
    assert row.message.text == "At dawn the keeper climbed the stairs."


@committed
async def test_one_that_fails_keeps_what_was_there_and_can_go_on_again(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    model.replies.append([" a", ModelInterrupted("cut")])
    model.replies.append([" time."])
    first = await sync_to_async(spoken)(person, conversation)
    second = await sync_to_async(go_on)(person, conversation, first)
    await Runner().start(second)
    row = await ended(second)
    assert (row.status, row.message.text) == (Status.FAILED, "Once upon a")
    third = await sync_to_async(go_on)(person, conversation, first)
    await Runner().start(third)
    assert (await ended(third)).message.text == "Once upon a time."


def test_a_dead_continuation_keeps_the_beginning_and_what_was_logged(
    person: User, conversation: Conversation
) -> None:
    more = go_on(person, conversation, spoken(person, conversation))
    for seq, text in enumerate((" a", " ti"), start=1):
        GenerationEvent.objects.create(generation=more.generation, seq=seq, text=text)
    Generation.objects.filter(pk=more.generation.pk).update(
        heartbeat_at=timezone.now() - timedelta(seconds=DEAD_S + 1)
    )
    assert interrupt(silent()) == 1
    row = Generation.objects.select_related("message").get(pk=more.generation.pk)
    assert (row.status, row.message.text) == (Status.INTERRUPTED, "Once upon a ti")


@pytest.mark.parametrize("status", ENDED)
def test_however_a_reply_ended_it_can_go_on(
    person: User, conversation: Conversation, status: Status
) -> None:
    first = spoken(person, conversation, status=status)
    more = go_on(person, conversation, first)
    assert more.turn.so_far == "Once upon"
    assert more.reply_message == first.reply_message
    assert more.generation.base == len("Once upon")


def test_a_continuation_is_learnt_by_a_job_of_its_own(
    person: User, conversation: Conversation
) -> None:
    more = go_on(person, conversation, spoken(person, conversation))
    finish(more.generation, more.anchor.pk, Ended(Status.COMPLETE, " a time."))
    assert ProcrastinateJob.objects.filter(task_name="learn_turn").count() == 2


def test_only_one_reply_is_written_at_a_time(
    person: User, conversation: Conversation
) -> None:
    first = spoken(person, conversation)
    go_on(person, conversation, first)
    with pytest.raises(ReplyRunning):
        go_on(person, conversation, first)
    with pytest.raises(ReplyRunning):
        begin(person, conversation, "And?", uuid.uuid4())


def test_only_a_reply_at_the_end_with_a_word_of_it_can_go_on(
    person: User, conversation: Conversation
) -> None:
    greeting = Message.objects.get(conversation=conversation)
    with pytest.raises(NothingToContinue):
        continuing.begin(person, conversation, greeting.pk)
    first = spoken(person, conversation)
    empty = begin(person, conversation, "And?", uuid.uuid4())
    finish(empty.generation, empty.anchor.pk, Ended(Status.FAILED, " "))
    for begun in (first, empty):
        with pytest.raises(NothingToContinue):
            go_on(person, conversation, begun)
    assert [m.can_continue for m in messages_of(conversation)] == [False] * 5


def test_a_reply_that_another_conversation_shares_does_not_change_there(
    person: User, conversation: Conversation
) -> None:
    first = spoken(person, conversation)
    branch = Conversation.objects.create(
        user=person, character_id=conversation.character_id, leaf=first.reply_message
    )
    PathEntry.objects.create(
        conversation=branch, message=first.reply_message, position=0
    )
    for where in (conversation, branch):
        with pytest.raises(Shared):
            go_on(person, where, first)


def test_the_page_says_which_reply_can_go_on(
    person: User, conversation: Conversation
) -> None:
    first = spoken(person, conversation)
    conversation.refresh_from_db()
    assert [m.can_continue for m in messages_of(conversation)] == [False, False, True]
    go_on(person, conversation, first)
    last = messages_of(conversation)[-1]
    assert (last.can_continue, last.text, last.status) == (
        *(False, "Once upon"),
        Status.PENDING,
    )


def test_continue_answers_with_the_article_of_the_message(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Begun] = []

    async def start(begun: Begun) -> None:
        started.append(begun)

    monkeypatch.setattr("chatapp.conversations.views.RUNNER.start", start)
    first = spoken(person, conversation)
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    address = f"/c/{conversation.pk}/m/{first.reply_message.pk}/continue/"
    response = client.post(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert page.count("<article") == 1
    assert f'id="message-{first.reply_message.pk}"' in page
    assert f'data-generation="{started[0].generation.pk}"' in page
    assert "Once upon" in page
    assert client.post(address).status_code == 409  # it is running


def test_asking_again_for_an_answer_that_was_lost_continues_once(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = AsyncMock()
    monkeypatch.setattr("chatapp.conversations.views.RUNNER.start", start)
    first = spoken(person, conversation)
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    address = f"/c/{conversation.pk}/m/{first.reply_message.pk}/continue/"
    seen = {"generation": str(first.generation.pk)}
    assert client.post(address, seen).status_code == 200
    more = first.reply_message.generations.get(base__gt=0)
    for over in (False, True):  # while it is written, and when it has ended
        if over:
            finish(more, first.anchor.pk, Ended(Status.COMPLETE, " More."))
        again = client.post(address, seen)
        assert again.status_code == 200
        assert f'data-generation="{more.pk}"' in again.content.decode()
    assert first.reply_message.generations.count() == 2
    assert start.call_count == 1
    assert client.post(address, {"generation": str(more.pk)}).status_code == 200
    assert first.reply_message.generations.count() == 3


def test_nobody_elses_reply_and_no_message_of_elsewhere_can_go_on(
    person: User, conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    first = spoken(person, conversation)
    stranger = Client()
    stranger.force_login(
        make_person("jun"), "django.contrib.auth.backends.ModelBackend"
    )
    address = f"/c/{conversation.pk}/m/{first.reply_message.pk}/continue/"
    assert stranger.post(address).status_code == 404
    other = Conversation.objects.create(
        user=person, character_id=conversation.character_id
    )
    owner = Client()
    owner.force_login(person, "django.contrib.auth.backends.ModelBackend")
    elsewhere = f"/c/{other.pk}/m/{first.reply_message.pk}/continue/"
    assert owner.post(elsewhere).status_code == 404


@committed
async def test_what_was_said_is_learnt_once_and_the_continuation_by_itself(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> None:
    story = {
        "type": "preference",
        "content": "User likes stories.",
        "confidence": 0.9,
        "quote": "Tell me a story",
        "speaker": "user",
    }
    reveal = {
        "type": "backstory_reveal",
        "content": "Aria grew up on a lightship.",
        "confidence": 0.9,
        "quote": "I grew up on a lightship.",
        "speaker": "assistant",
    }
    model.replies.append([" I grew up on a lightship."])
    model.atoms.extend([[story], [story | {"content": "User wants tales."}, reveal]])
    first = await sync_to_async(spoken)(person, conversation, "Once.")
    more = await sync_to_async(go_on)(person, conversation, first)
    await Runner().start(more)
    await ended(more)
    for begun in (first, more):
        await learn_turn(str(begun.generation.pk))
    stored = [atom["content"] for atom in memory.atoms.values()]
    assert stored == ["User likes stories.", "Aria grew up on a lightship."]
    records = TurnRecord.objects.filter(generation__message=first.reply_message)
    finals = [r.final async for r in records.order_by("created_at")]
    assert finals == [False, True]


def test_why_this_reply_leads_to_the_records_of_its_earlier_parts(
    person: User, conversation: Conversation
) -> None:
    first = spoken(person, conversation)
    more = go_on(person, conversation, first)
    finish(more.generation, more.anchor.pk, Ended(Status.COMPLETE, " a time."))
    newest = turn_shown(TurnRecord.objects.get(generation=more.generation))
    assert [part.url for part in newest.parts] == [
        f"/turns/{first.generation.pk}/",
        f"/turns/{more.generation.pk}/",
    ]
    assert [part.is_current for part in newest.parts] == [False, True]
    alone = Client()
    alone.force_login(person, "django.contrib.auth.backends.ModelBackend")
    page = alone.get(f"/turns/{more.generation.pk}/").content.decode()
    assert f"/turns/{first.generation.pk}/" in page
