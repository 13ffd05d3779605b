"""The socket shows what happens to its owner, and nothing to anybody else."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import path
from uvicorn.protocols.utils import ClientDisconnected

from chatapp.accounts import zones
from chatapp.accounts.models import User
from chatapp.conversations import consumers, guard
from chatapp.conversations.allowance import BURST
from chatapp.conversations.changes import RECENT, Look, look
from chatapp.conversations.consumers import ConversationConsumer
from chatapp.conversations.models import Conversation, Message, Role
from chatapp.conversations.runner import Runner
from chatapp.conversations.turns import begin
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.harness.frames import Frames
from tests.harness.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Runner:
    own = Runner()
    monkeypatch.setattr(consumers, "RUNNER", own)
    return own


def session_of(user: User | AnonymousUser) -> SessionStore:
    """What the cookie of their browser stands for."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session.create()
    return session


@asynccontextmanager
async def page(
    user: User | AnonymousUser, conversation: Conversation
) -> AsyncIterator[WebsocketCommunicator]:
    """An open page's socket."""
    routes: Any = [path("ws/c/<uuid:pk>/", ConversationConsumer.as_asgi())]  # type: ignore[arg-type]  # `path` is typed for views
    socket = WebsocketCommunicator(URLRouter(routes), f"/ws/c/{conversation.pk}/")
    scope: Any = socket.scope  # its type knows no `user`, which a middleware adds
    scope["user"] = user
    scope["session"] = await sync_to_async(session_of)(user)
    await socket.connect()
    try:
        yield socket
    finally:
        await socket.disconnect()


FRAMES: defaultdict[WebsocketCommunicator, Frames] = defaultdict(Frames)


async def frame(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next frame of that kind."""
    while True:
        found = FRAMES[socket].read(await socket.receive_from(timeout=5))
        if found["kind"] == kind:
            return found


async def test_a_reply_is_shown_as_it_is_written(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    runner: Runner,
) -> None:
    gate = asyncio.Event()
    model.replies.append(["Good", gate, " evening."])
    async with page(person, conversation) as socket:
        begun = await sync_to_async(begin)(person, conversation, "Hi.", uuid.uuid4())
        await runner.start(begun)
        first = await frame(socket, "delta")
        assert (first["offset"], first["text"]) == (0, "Good")
        assert first["generation"] == str(begun.generation.pk)
        gate.set()
        second = await frame(socket, "delta")
        assert (second["offset"], second["text"]) == (4, " evening.")
        while True:
            article = await frame(socket, "message")
            if article["id"] == str(begun.reply_message.pk):
                break
        assert 'data-status="complete"' in article["html"]
        assert "Good evening." in article["html"]


async def test_a_page_that_comes_back_gets_exactly_the_rest(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    runner: Runner,
) -> None:
    gate = asyncio.Event()
    model.replies.append(["Good evening", gate, "."])
    begun = await sync_to_async(begin)(person, conversation, "Hi.", uuid.uuid4())
    await runner.start(begun)
    await asyncio.sleep(0.2)
    async with page(person, conversation) as socket:
        await socket.send_to(
            json.dumps(
                {
                    "kind": "follow",
                    "generation": str(begun.generation.pk),
                    "offset": 5,
                    "closed": 0,
                }
            )
        )
        delta = await frame(socket, "delta")
        assert (delta["offset"], delta["text"]) == (5, "evening")
        gate.set()
        delta = await frame(socket, "delta")
        assert (delta["offset"], delta["text"]) == (12, ".")


async def test_a_reply_of_another_process_is_read_from_its_log(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    runner: Runner,
) -> None:
    gate = asyncio.Event()
    model.replies.append(["Good evening", gate, "."])
    elsewhere = Runner()
    begun = await sync_to_async(begin)(person, conversation, "Hi.", uuid.uuid4())
    await elsewhere.start(begun)
    async with page(person, conversation) as socket:
        await socket.send_to(
            json.dumps({"kind": "follow", "generation": str(begun.generation.pk)})
        )
        assert (await frame(socket, "delta"))["text"] == "Good evening"
        gate.set()
        assert (await frame(socket, "delta"))["text"] == "."


async def closing_code(socket: WebsocketCommunicator) -> int:
    """How the site closes the socket; what it says before is passed over."""
    while True:
        output = await socket.receive_output(timeout=5)
        if output["type"] == "websocket.close":
            return int(output["code"])


async def test_somebody_elses_conversation_does_not_exist(
    conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    stranger = await sync_to_async(make_person)("jun")
    async with page(stranger, conversation) as socket:
        assert await closing_code(socket) == consumers.NOT_FOUND


async def test_nobody_is_told_to_sign_in(conversation: Conversation) -> None:
    async with page(AnonymousUser(), conversation) as socket:
        assert await closing_code(socket) == consumers.SIGNED_OUT


def sign_out(person: User) -> None:
    Session.objects.all().delete()


def disable(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def change_password(person: User) -> None:
    person.set_password("another-pass-of-a-test")
    person.save()


@pytest.mark.parametrize("leave", [sign_out, disable, change_password])
async def test_a_socket_ends_with_the_right_to_be_here(
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
    runner: Runner,
    leave: Callable[[User], None],
) -> None:
    gate = asyncio.Event()
    model.replies.append(["Good", gate, " evening."])
    async with page(person, conversation) as socket:
        begun = await sync_to_async(begin)(person, conversation, "Hi.", uuid.uuid4())
        await runner.start(begun)
        await frame(socket, "delta")
        await guard.turn_away()
        await sync_to_async(leave)(person)
        await guard.turn_away()
        assert await closing_code(socket) == consumers.ASK_AGAIN
        gate.set()
        await runner.drain(5)
        assert await socket.receive_nothing(timeout=0.2)


async def test_who_stays_signed_in_stays(
    person: User, conversation: Conversation
) -> None:
    async with page(person, conversation) as socket:
        await guard.turn_away()
        await socket.send_to(json.dumps({"kind": "ping"}))
        assert (await frame(socket, "pong")) == {"kind": "pong"}


async def test_a_conversation_that_is_deleted_closes_its_pages(
    person: User, conversation: Conversation
) -> None:
    async with page(person, conversation) as socket:
        await conversation.adelete()
        await socket.send_to(json.dumps({"kind": "sync"}))
        assert await closing_code(socket) == consumers.NOT_FOUND


async def test_a_flood_of_frames_closes_the_socket(
    person: User, conversation: Conversation
) -> None:
    async with page(person, conversation) as socket:
        for _ in range(BURST + 5):
            await socket.send_to(json.dumps({"kind": "ping"}))
        assert await closing_code(socket) == consumers.TOO_MANY


async def test_a_page_that_was_away_for_long_misses_no_message(
    person: User, conversation: Conversation
) -> None:
    first = await Message.objects.aget(conversation=conversation)
    for number in range(RECENT + 5):
        message = await Message.objects.acreate(
            conversation=conversation, role=Role.USER, text=f"No. {number}"
        )
        await conversation.pathentry_set.acreate(message=message, position=number + 1)
    async with page(person, conversation) as socket:
        await socket.send_to(json.dumps({"kind": "sync", "last": str(first.pk)}))
        for number in range(-1, RECENT + 5):
            article = await frame(socket, "message")
            assert number < 0 or f"No. {number}<" in article["html"]


async def test_a_page_is_told_when_the_path_is_another_one(
    person: User, conversation: Conversation
) -> None:
    async with page(person, conversation) as socket:
        sync = {"kind": "sync", "last": None, "version": 0}
        await socket.send_to(json.dumps(sync))
        assert (await frame(socket, "message"))["html"]
        await Conversation.objects.filter(pk=conversation.pk).aupdate(path_version=3)
        await socket.send_to(json.dumps({"kind": "sync"}))
        assert await frame(socket, "path") == {"kind": "path", "version": 3}


async def test_a_page_that_is_behind_is_told_to_read_all_anew(
    person: User, conversation: Conversation
) -> None:
    await Conversation.objects.filter(pk=conversation.pk).aupdate(path_version=3)
    async with page(person, conversation) as socket:
        await socket.send_to(json.dumps({"kind": "sync", "version": 2}))
        first = json.loads(await socket.receive_from(timeout=5))
        assert first == {"kind": "path", "version": 3}
        memory = json.loads(await socket.receive_from(timeout=5))
        assert memory == {"kind": "memory", "count": 0}
        assert json.loads(await socket.receive_from(timeout=5))["kind"] == "record"
        assert await socket.receive_nothing(timeout=0.3)


async def test_a_look_that_fails_is_repeated(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [OperationalError("away")]
    real = consumers._look

    async def sometimes(*args: Any) -> Any:
        if faults:
            raise faults.pop()
        return await real(*args)

    monkeypatch.setattr(consumers, "_look", sometimes)
    monkeypatch.setattr(consumers, "LOOK_AGAIN_S", 0.01)
    async with page(person, conversation) as socket:
        await socket.send_to(json.dumps({"kind": "sync"}))
        assert "Good evening" in (await frame(socket, "message"))["html"]


async def test_many_changes_at_once_are_one_look(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    real = consumers._look

    async def counted(*args: Any) -> Any:
        nonlocal looks
        looks += 1
        return await real(*args)

    monkeypatch.setattr(consumers, "_look", counted)
    async with page(person, conversation) as socket:
        for _ in range(20):
            await socket.send_to(json.dumps({"kind": "sync"}))
        await frame(socket, "record")
        assert await socket.receive_nothing(timeout=0.3)
    assert looks <= 3


async def test_another_conversations_reply_can_not_be_followed(
    person: User,
    conversation: Conversation,
    make_person: Callable[[str], User],
    model: FakeModel,
    memory: FakeMemory,
    runner: Runner,
) -> None:
    begun = await sync_to_async(begin)(person, conversation, "Hi.", uuid.uuid4())
    await runner.start(begun)
    jun = await sync_to_async(make_person)("jun")
    own = await Conversation.objects.acreate(
        user=jun, character_id=conversation.character_id
    )
    async with page(jun, own) as socket:
        await socket.send_to(
            json.dumps({"kind": "follow", "generation": str(begun.generation.pk)})
        )
        assert await socket.receive_nothing(timeout=0.5)


@pytest.mark.parametrize(
    "junk",
    [
        "{",
        "[]",
        "null",
        '"follow"',
        '{"kind": 7}',
        '{"kind": "follow"}',
        '{"kind": "follow", "generation": "x", "offset": 1e999}',
        '{"kind": "follow", "generation": null, "offset": []}',
        '{"kind": "delete everything"}',
        "[" * 3000,
        "x" * 5000,
    ],
)
async def test_junk_frames_are_ignored(
    person: User, conversation: Conversation, junk: str
) -> None:
    async with page(person, conversation) as socket:
        await socket.send_to(junk)
        await socket.send_to(json.dumps({"kind": "ping"}))
        assert (await frame(socket, "pong")) == {"kind": "pong"}


@pytest.mark.parametrize(
    "told",
    [
        [3, 'Grüße "\\" \n\u2028\x07 안녕 \U0001f44b'],
        [3, 40, 2, ["<p>x</p>"], ""],
        {"kind": "memory", "count": 1},
    ],
)
def test_a_frame_is_its_json_and_no_byte_more(told: Any) -> None:
    assert json.loads(consumers._words(told)) == told
    assert consumers._words(told) == json.dumps(
        told, separators=(",", ":"), ensure_ascii=False
    )


async def test_a_page_that_closed_its_socket_a_moment_ago_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """uvicorn says so in its own words until the consumer hears of it."""
    words = "Unexpected ASGI message 'websocket.send', after sending 'websocket.close'."

    async def closed(self: object, text_data: str) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(ConversationConsumer, "send", closed)
    consumer = ConversationConsumer()
    with pytest.raises(ClientDisconnected):
        await consumer._tell({"kind": "gone"})
    await consumer.receive(json.dumps({"kind": "ping"}))  # nobody waits for its pong


@pytest.mark.parametrize(
    ("error", "told"), [(ClientDisconnected(), False), (RuntimeError("x"), True)]
)
async def test_a_page_that_left_is_no_fault_to_be_logged(
    error: Exception, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def shows() -> None:
        raise error

    task = asyncio.create_task(shows())
    await asyncio.wait([task])
    consumers._report(task)
    assert bool(caplog.records) is told


async def test_what_the_socket_renders_is_told_on_the_persons_clock(
    person: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks: list[str] = []

    def looked(*asked: Any) -> Look:
        clocks.append(zones.label())
        return look(*asked)

    monkeypatch.setattr(consumers, "look", looked)
    person.zone = "Asia/Seoul"
    async with page(person, conversation) as socket:
        await socket.send_to(json.dumps({"kind": "sync"}))
        await eventually(lambda: clocks, "the rows are looked at")
    assert set(clocks) == {"Asia/Seoul"}
