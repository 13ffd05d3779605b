"""The event log has every character of a reply, from its message's first one on."""

from __future__ import annotations

import uuid

import pytest

from chatapp.accounts.models import User
from chatapp.conversations import continuing
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.event_log import Logged, read
from chatapp.conversations.models import (
    Conversation,
    GenerationEvent,
    Message,
    Status,
)
from chatapp.conversations.turns import Begun, begin

pytestmark = pytest.mark.django_db


def log(begun: Begun, seq: int, text: str) -> None:
    GenerationEvent.objects.create(generation=begun.generation, seq=seq, text=text)


def end(begun: Begun, text: str, status: Status = Status.COMPLETE) -> None:
    finish(begun.generation, begun.anchor.pk, Ended(status, text))


@pytest.fixture
def begun(person: User, conversation: Conversation) -> Begun:
    """A reply that is being written."""
    return begin(person, conversation, "Hi.", uuid.uuid4())


def test_a_running_reply_is_read_from_any_event_on(begun: Begun) -> None:
    log(begun, 1, "Good ")
    log(begun, 2, "evening")
    pk = begun.generation.pk
    assert read(pk, 0) == Logged(((0, ""), (1, "Good "), (2, "evening")))
    assert read(pk, 2) == Logged(((2, "evening"),))


def test_one_that_has_ended_is_its_whole_text(begun: Begun) -> None:
    log(begun, 1, "Good ")
    end(begun, "Good evening.")
    assert read(begun.generation.pk, 1) == Logged(ended="Good evening.")


def test_one_that_was_deleted_has_ended(begun: Begun) -> None:
    Message.objects.filter(pk=begun.reply_message.pk).delete()
    assert read(begun.generation.pk, 0) == Logged(ended="")


def test_a_continued_reply_is_read_from_the_messages_first_character(
    begun: Begun, person: User, conversation: Conversation
) -> None:
    end(begun, "Once upon", Status.STOPPED)
    more = continuing.begin(person, conversation, begun.reply_message.pk)
    log(more, 1, " a time")
    assert read(more.generation.pk, 0) == Logged(((0, "Once upon"), (1, " a time")))
    end(more, " a time.")
    assert read(more.generation.pk, 1) == Logged(ended="Once upon a time.")
    # Whoever still looks at the first part gets no word of the second.
    assert read(begun.generation.pk, 0) == Logged(ended="Once upon")
