"""The two transactions of a turn: all of it, or nothing; once, however often asked."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from chatapp.accounts.caps import CapReached
from chatapp.accounts.models import User
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Generation, Message, Status
from chatapp.conversations.turns import ReplyRunning, begin


def test_a_message_and_its_coming_reply_are_written_together(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begun = begin(person, conversation, "I love rain.", key)
    assert begun.user_message is not None
    assert begun.reply_message.parent == begun.user_message
    assert begun.generation.status == Status.PENDING
    assert begun.turn.text == "I love rain."
    assert [m.content for m in begun.turn.history] == ["*looks up* Good evening."]
    conversation.refresh_from_db()
    assert conversation.leaf == begun.reply_message
    assert conversation.title == "I love rain."


def test_the_same_key_creates_nothing_twice(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    first = begin(person, conversation, "I love rain.", key)
    again = begin(person, conversation, "I love rain.", key)
    assert not again.fresh
    assert again.generation == first.generation
    assert Message.objects.filter(role="user").count() == 1


def test_a_second_message_waits_for_the_reply(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begin(person, conversation, "One.", key)
    with pytest.raises(ReplyRunning):
        begin(person, conversation, "Two.", uuid.uuid4())
    assert Message.objects.filter(role="user").count() == 1


def test_a_cap_that_is_reached_writes_nothing(
    person: User, conversation: Conversation, key: uuid.UUID, settings: Settings
) -> None:
    settings.REPLIES_ENABLED = False
    with pytest.raises(CapReached):
        begin(person, conversation, "One.", key)
    assert not Message.objects.filter(role="user").exists()


@pytest.mark.django_db(transaction=True)
def test_ten_sends_at_once_with_one_key_are_one_message(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    def send(_: int) -> uuid.UUID:
        try:
            return begin(person, conversation, "One.", key).generation.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        generations = set(pool.map(send, range(10)))
    assert len(generations) == 1
    assert Generation.objects.count() == 1


def ended(text: str = "Good evening.") -> Ended:
    return Ended(Status.COMPLETE, text, prompt_tokens=10, completion_tokens=5)


def test_the_end_of_a_reply_and_its_learning_are_one_transaction(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begun = begin(person, conversation, "One.", key)
    assert finish(begun.generation, begun.anchor.pk, ended())
    begun.reply_message.refresh_from_db()
    assert begun.reply_message.text == "Good evening."
    job = ProcrastinateJob.objects.get(task_name="learn_turn")
    assert job.lock == str(begun.anchor.pk)
    assert job.args == {"generation_id": str(begun.generation.pk)}


def test_a_reply_ends_once(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begun = begin(person, conversation, "One.", key)
    finish(begun.generation, begun.anchor.pk, ended())
    assert not finish(begun.generation, begun.anchor.pk, ended("Something else."))
    begun.reply_message.refresh_from_db()
    assert begun.reply_message.text == "Good evening."
    assert ProcrastinateJob.objects.filter(task_name="learn_turn").count() == 1


def test_the_next_message_follows_the_reply(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begun = begin(person, conversation, "One.", key)
    finish(begun.generation, begun.anchor.pk, ended())
    conversation.refresh_from_db()
    following = begin(person, conversation, "Two.", uuid.uuid4())
    assert following.user_message is not None
    assert following.user_message.parent == begun.reply_message
    assert [m.content for m in following.turn.history] == [
        "*looks up* Good evening.",
        "One.",
        "Good evening.",
    ]
