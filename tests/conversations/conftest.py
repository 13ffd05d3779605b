"""A person in a conversation, with a model and a memory service that do as told.

Models are imported inside the fixtures: this file is read before Django is ready.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async

from tests.conversations.fakes import FakeMemory, FakeModel

if TYPE_CHECKING:
    from chatapp.accounts.models import User
    from chatapp.characters.models import Character
    from chatapp.conversations.models import Conversation


@pytest.fixture(autouse=True)
async def _no_connection_left() -> AsyncIterator[None]:
    """Async tests query in asgiref's thread: give its connection back after each."""
    yield
    from django.db import connections

    await sync_to_async(connections.close_all)()


@pytest.fixture(autouse=True)
def _sockets_give_connections_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Channels' communicator keeps them open, for tests inside one transaction."""
    from channels.testing import application
    from django.db import close_old_connections

    monkeypatch.setattr(application, "no_op", close_old_connections)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FakeModel:
    """The model that the site talks to."""
    from chatapp import wiring

    fake = FakeModel()
    monkeypatch.setattr(wiring, "chat_model", lambda: fake)
    return fake


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> FakeMemory:
    """The memory service that the site talks to."""
    from chatapp import wiring

    fake = FakeMemory()
    monkeypatch.setattr(wiring, "memory_client", lambda: fake)
    return fake


@pytest.fixture
def make_person(db: None) -> Callable[[str], User]:
    """Makes people by name."""
    from chatapp.accounts.models import User

    return lambda name: User.objects.create_user(name, password="pass-of-a-test")


@pytest.fixture
def person(make_person: Callable[[str], User]) -> User:
    """Somebody with an account."""
    return make_person("mina")


@pytest.fixture
def character(db: None) -> Character:
    """Somebody to talk to."""
    from chatapp.characters.models import Character

    return Character.objects.create(
        slug="aria",
        name="Aria",
        persona="A lighthouse keeper.",
        avatar="avatars/aria.svg",
        greeting="*looks up* Good evening.",
    )


@pytest.fixture
def conversation(person: User, character: Character) -> Conversation:
    """They have met, and nothing was said but the greeting."""
    from chatapp.conversations.opening import open_conversation

    return open_conversation(person, character, "character")


@pytest.fixture
def key() -> uuid.UUID:
    """The page's idempotency key."""
    return uuid.uuid4()
