"""The socket shows what happens to its owner, and nothing to anybody else."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser
from django.urls import path

from chatapp.accounts.models import User
from chatapp.conversations import consumers
from chatapp.conversations.consumers import ConversationConsumer
from chatapp.conversations.models import Conversation
from chatapp.conversations.runner import Runner
from chatapp.conversations.turns import begin
from tests.conversations.fakes import FakeMemory, FakeModel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Runner:
    own = Runner()
    monkeypatch.setattr(consumers, "RUNNER", own)
    return own


@asynccontextmanager
async def page(
    user: User | AnonymousUser, conversation: Conversation
) -> AsyncIterator[WebsocketCommunicator]:
    """An open page's socket."""
    routes: Any = [path("ws/c/<uuid:pk>/", ConversationConsumer.as_asgi())]  # type: ignore[arg-type]  # `path` is typed for views
    socket = WebsocketCommunicator(URLRouter(routes), f"/ws/c/{conversation.pk}/")
    scope: Any = socket.scope  # its type knows no `user`, which a middleware adds
    scope["user"] = user
    await socket.connect()
    try:
        yield socket
    finally:
        await socket.disconnect()


async def frame(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next frame of that kind."""
    while True:
        found: dict[str, Any] = json.loads(await socket.receive_from(timeout=5))
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


async def test_somebody_elses_conversation_does_not_exist(
    conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    stranger = await sync_to_async(make_person)("jun")
    for user in (stranger, AnonymousUser()):
        async with page(user, conversation) as socket:
            closed = await socket.receive_output(timeout=5)
            assert closed["type"] == "websocket.close"
            assert closed["code"] == 4404


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
