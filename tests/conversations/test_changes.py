"""What a page does not have yet: found in few statements, sent once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.models import User
from chatapp.conversations.changes import RECENT, look
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Message, Status
from chatapp.conversations.turns import begin
from chatapp.memories import off_record, steps
from chatapp.memories.models import StepStatus, TurnRecord

pytestmark = pytest.mark.django_db


def test_a_new_message_and_its_reply_are_changes(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    before = look(conversation.pk, {})
    begun = begin(person, conversation, "I love rain.", key)
    after = look(conversation.pk, before.seen)
    assert begun.user_message is not None
    assert [change.message_id for change in after.changes] == [
        begun.user_message.pk,
        begun.reply_message.pk,
    ]
    assert "I love rain." in after.changes[0].html


def test_only_what_became_different_is_sent_again(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begun = begin(person, conversation, "I love rain.", key)
    before = look(conversation.pk, {})
    finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I."))
    after = look(conversation.pk, before.seen)
    assert [change.message_id for change in after.changes] == [begun.reply_message.pk]
    assert "So do I." in after.changes[0].html
    assert not look(conversation.pk, after.seen).changes


def test_a_look_that_finds_nothing_new_takes_two_statements(
    person: User, conversation: Conversation, key: uuid.UUID
) -> None:
    begun = begin(person, conversation, "I love rain.", key)
    finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I."))
    seen = look(conversation.pk, {}).seen
    with CaptureQueriesContext(connection) as queries:
        assert not look(conversation.pk, seen).changes
    assert len(queries) == 2


def test_what_waits_to_be_learnt_is_looked_at_however_far_up_it_stands(
    person: User, conversation: Conversation
) -> None:
    seen: Mapping[uuid.UUID, tuple[object, ...]] = look(conversation.pk, {}).seen
    turns = []
    for number in range(RECENT):  # two messages each: the first are far above by then
        conversation.refresh_from_db()
        begun = begin(person, conversation, f"I love rain {number}.", uuid.uuid4())
        finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I."))
        seen = look(conversation.pk, seen).seen
        turns.append(begun)
    assert not look(conversation.pk, seen).changes
    for begun in turns:
        record = TurnRecord.objects.get(generation=begun.generation)
        for step in ("extract", "store"):
            steps.close(record.pk, step, StepStatus.DONE)
        found = look(conversation.pk, seen)
        seen = found.seen
        changed = [change.message_id for change in found.changes]
        assert changed == [begun.reply_message.pk]
    look_again = look(conversation.pk, look(conversation.pk, seen).seen)
    assert len(look_again.seen) == RECENT + 1  # and the switch


def test_a_conversation_without_messages_has_no_changes(
    conversation: Conversation,
) -> None:
    Message.objects.all().delete()
    assert not look(conversation.pk, {}).changes


def test_the_line_of_the_switch_is_sent_once_for_each_turn_of_it(
    conversation: Conversation,
) -> None:
    seen: Mapping[uuid.UUID, tuple[object, ...]] = {}

    def line() -> str | None:
        nonlocal seen
        found = look(conversation.pk, seen)
        seen = found.seen
        return found.off_record

    assert "Off the record" not in (line() or "no line")
    assert line() is None
    off_record.switch_on(conversation.pk)
    assert "Off the record" in (line() or "")
    off_record.switch_on(conversation.pk, recalls=False)
    assert "no memory is used" in (line() or "")
    off_record.switch_off(conversation.pk)
    assert "Off the record" not in (line() or "no line")
    assert line() is None


def test_a_deleted_conversation_can_not_be_looked_at() -> None:
    with pytest.raises(Conversation.DoesNotExist):
        look(uuid.uuid4(), {})
