"""A reply whose process died is found, and keeps its text."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from chatapp.accounts.models import User
from chatapp.conversations.models import (
    Conversation,
    Generation,
    GenerationEvent,
    Status,
)
from chatapp.conversations.reaper import DEAD_S, reap
from chatapp.conversations.turns import begin


def silent(person: User, conversation: Conversation, seconds: float) -> Generation:
    generation = begin(person, conversation, "Hi.", uuid.uuid4()).generation
    for seq, text in enumerate(("Good ", "evening"), start=1):
        GenerationEvent.objects.create(generation=generation, seq=seq, text=text)
    Generation.objects.filter(pk=generation.pk).update(
        heartbeat_at=timezone.now() - timedelta(seconds=seconds)
    )
    return generation


def test_a_dead_reply_is_interrupted_with_its_text_and_learnt_from(
    person: User, conversation: Conversation
) -> None:
    generation = silent(person, conversation, DEAD_S + 1)
    assert reap() == 1
    generation.refresh_from_db()
    assert generation.status == Status.INTERRUPTED
    assert generation.message.text == "Good evening"
    assert generation.problem
    assert ProcrastinateJob.objects.filter(task_name="learn_turn").count() == 1


def test_a_living_reply_is_left_alone(person: User, conversation: Conversation) -> None:
    silent(person, conversation, 1)
    assert reap() == 0


def test_a_conversation_goes_on_after_its_reply_died(
    person: User, conversation: Conversation
) -> None:
    silent(person, conversation, DEAD_S + 1)
    reap()
    conversation.refresh_from_db()
    assert begin(person, conversation, "And now?", uuid.uuid4()).fresh
