"""A process that leaves begins no reply, says so, and loses no word."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from chatapp.accounts.models import User
from chatapp.conversations import views
from chatapp.conversations.draining import Drain
from chatapp.conversations.models import Conversation, Message
from chatapp.operations import views as operations

COMMANDS = ["send/", "m/{}/edit/", "m/{}/regenerate/", "m/{}/continue/"]


def test_replies_have_their_time_from_when_it_began() -> None:
    now = 100.0
    drain = Drain(20, lambda: now)
    assert (drain.begun, drain.left_s) == (False, 20)
    drain.begin()
    now += 15
    drain.begin()
    assert (drain.begun, drain.left_s) == (True, 5)
    now += 10
    assert drain.left_s == 0


@pytest.fixture
def leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process was told to end."""
    drain = Drain(20)
    drain.begin()
    monkeypatch.setattr(views, "DRAIN", drain)
    monkeypatch.setattr(operations, "DRAIN", drain)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_reply_begins_while_the_process_leaves(
    person: User, conversation: Conversation, leaving: None, command: str
) -> None:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    greeting = Message.objects.get(conversation=conversation)
    writes = command.endswith(("send/", "edit/"))
    data = {"text": "Hi.", "key": str(uuid.uuid4())} if writes else {}
    response = client.post(
        f"/c/{conversation.pk}/{command.format(greeting.pk)}",
        data,
    )
    assert response.status_code == 503
    assert response["HX-Retarget"] == "#notice"
    page = response.content.decode()
    assert "again in a few seconds" in page
    # The way out is a button there, for words that were written and for a press.
    assert ('data-action="send-again"' in page) == writes
    assert ('data-action="try-again"' in page) != writes
    assert Message.objects.count() == 1


def test_pages_are_still_served_and_the_process_is_not_ready(
    person: User, conversation: Conversation, leaving: None
) -> None:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/c/{conversation.pk}/").status_code == 200
    ready = client.get("/healthz")
    assert (ready.status_code, ready.json()["status"]) == (503, "draining")


def test_strangers_learn_nothing_from_it(
    conversation: Conversation, leaving: None, make_person: Callable[[str], User]
) -> None:
    client = Client()
    client.force_login(make_person("jun"), "django.contrib.auth.backends.ModelBackend")
    answers = [
        client.post(f"/c/{pk}/send/").content for pk in (conversation.pk, uuid.uuid4())
    ]
    assert answers[0] == answers[1]
