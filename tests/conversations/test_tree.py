"""The tree: nothing is written over, and every version comes back with its tail."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from chatapp.accounts.models import User
from chatapp.conversations import learnable, path
from chatapp.conversations.branching import branch
from chatapp.conversations.choosing import select
from chatapp.conversations.deleting import TooLate, delete, undo, undos
from chatapp.conversations.models import (
    Conversation,
    Deletion,
    Generation,
    Message,
    PathEntry,
    Role,
    Status,
)
from chatapp.conversations.revising import NothingToAnswer, edit, regenerate
from chatapp.conversations.turns import KeyUsed, ReplyRunning
from tests.conversations.tree import answer, say, shown, texts
from tests.harness import statistics

pytestmark = pytest.mark.django_db


def reworded(conversation: Conversation, before: str, after: str) -> Message:
    """Edit a shown message and have it answered."""
    old = shown(conversation, before)
    begun = edit(conversation.user, conversation, old.pk, after, uuid.uuid4())
    answer(begun, f"Re: {after}")
    assert begun.user_message is not None
    return begun.user_message


def versions(conversation: Conversation, text: str) -> tuple[uuid.UUID, ...]:
    """The siblings of a shown message, itself included."""
    message = shown(conversation, text)
    return path.siblings(conversation.pk, [message]).get(message.pk, (message.pk,))


def test_another_wording_is_a_sibling_and_the_earlier_one_keeps_its_tail(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Two.")
    first = shown(conversation, "One.")
    second = reworded(conversation, "One.", "Uno.")
    assert texts(conversation) == ["Uno.", "Re: Uno."]
    assert versions(conversation, "Uno.") == (first.pk, second.pk)
    select(person, conversation, second.pk, first.pk)
    assert texts(conversation) == ["One.", "Re: One.", "Two.", "Re: Two."]
    conversation.refresh_from_db()
    assert conversation.leaf == shown(conversation, "Re: Two.")


def test_a_new_wording_knows_only_what_was_said_before(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Two.")
    old = shown(conversation, "Two.")
    begun = edit(person, conversation, old.pk, "Due.", uuid.uuid4())
    said = [message.content for message in begun.turn.history]
    assert said == ["*looks up* Good evening.", "One.", "Re: One."]
    assert begun.turn.text == "Due."


def test_any_reply_can_be_answered_again_and_the_earlier_one_stays(
    person: User, conversation: Conversation
) -> None:
    first = say(conversation, "One.")
    say(conversation, "Two.")
    again = regenerate(person, conversation, first.reply_message.pk)
    answer(again, "Something else.")
    assert texts(conversation) == ["One.", "Something else."]
    assert (first.turn.attempt, again.turn.attempt) == (0, 1)
    assert again.user_message is None
    assert [m.content for m in again.turn.history] == ["*looks up* Good evening."]
    select(person, conversation, again.reply_message.pk, first.reply_message.pk)
    assert texts(conversation) == ["One.", "Re: One.", "Two.", "Re: Two."]


def test_the_title_follows_the_first_message(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    reworded(conversation, "One.", "Uno.")
    conversation.refresh_from_db()
    assert conversation.title == "Uno."


def test_a_greeting_can_not_be_answered_again(
    person: User, conversation: Conversation
) -> None:
    greeting = conversation.message_set.get()
    with pytest.raises(NothingToAnswer):
        regenerate(person, conversation, greeting.pk)
    with pytest.raises(Message.DoesNotExist):
        edit(person, conversation, greeting.pk, "Mine.", uuid.uuid4())


def test_the_same_key_edits_once(person: User, conversation: Conversation) -> None:
    say(conversation, "One.")
    old, key = shown(conversation, "One."), uuid.uuid4()
    first = edit(person, conversation, old.pk, "Uno.", key)
    again = edit(person, conversation, old.pk, "Uno.", key)
    assert (again.fresh, again.generation) == (False, first.generation)
    assert Message.objects.filter(text="Uno.").count() == 1
    with pytest.raises(KeyUsed):
        edit(person, conversation, old.pk, "Eins.", key)


def test_while_a_reply_is_written_the_path_stays(
    person: User, conversation: Conversation
) -> None:
    first = say(conversation, "One.")
    say(conversation, "Two.", "")
    one, reply = shown(conversation, "One."), first.reply_message
    with pytest.raises(ReplyRunning):
        edit(person, conversation, one.pk, "Uno.", uuid.uuid4())
    with pytest.raises(ReplyRunning):
        regenerate(person, conversation, reply.pk)
    with pytest.raises(ReplyRunning):
        select(person, conversation, one.pk, one.pk)
    assert texts(conversation) == ["One.", "Re: One.", "Two.", ""]


def test_every_change_of_the_path_but_an_append_is_a_new_version(
    person: User, conversation: Conversation
) -> None:
    def version() -> int:
        conversation.refresh_from_db()
        return conversation.path_version

    say(conversation, "One.")
    assert version() == 0
    one = shown(conversation, "One.")
    second = reworded(conversation, "One.", "Uno.")
    assert version() == 1
    select(person, conversation, second.pk, one.pk)
    assert version() == 2
    select(person, conversation, second.pk, one.pk)
    assert version() == 2
    deletion = delete(person, conversation, one.pk)
    assert version() == 3
    undo(person, conversation, deletion.pk)
    assert version() == 4


def test_a_branch_shares_what_was_said_and_goes_its_own_way(
    person: User, conversation: Conversation
) -> None:
    first = say(conversation, "One.")
    say(conversation, "Two.")
    new = branch(person, conversation, first.reply_message.pk)
    assert (new.origin, new.title) == (conversation, "One.")
    say(new, "Three.")
    assert texts(new) == ["One.", "Re: One.", "Three.", "Re: Three."]
    assert texts(conversation) == ["One.", "Re: One.", "Two.", "Re: Two."]
    assert Message.objects.filter(text="One.").count() == 1
    assert versions(new, "Three.") == (shown(new, "Three.").pk,)


def test_a_branch_comes_back_to_the_message_it_shared(
    person: User, conversation: Conversation
) -> None:
    first = say(conversation, "One.")
    new = branch(person, conversation, first.reply_message.pk)
    say(new, "Three.")
    one = shown(new, "One.")
    other = reworded(new, "One.", "Uno.")
    assert versions(new, "Uno.") == (one.pk, other.pk)
    assert versions(conversation, "One.") == (one.pk,)
    select(person, new, other.pk, one.pk)
    assert texts(new) == ["One.", "Re: One.", "Three.", "Re: Three."]


def test_a_double_click_branches_once(person: User, conversation: Conversation) -> None:
    first = say(conversation, "One.")
    one = branch(person, conversation, first.reply_message.pk)
    assert branch(person, conversation, first.reply_message.pk) == one
    say(one, "Two.")
    assert branch(person, conversation, first.reply_message.pk) != one


def test_a_message_that_is_being_written_is_no_place_to_branch(
    person: User, conversation: Conversation
) -> None:
    begun = say(conversation, "One.", "")
    with pytest.raises(ReplyRunning):
        branch(person, conversation, begun.reply_message.pk)
    assert begun.user_message is not None
    assert texts(branch(person, conversation, begun.user_message.pk)) == ["One."]


def test_a_deleted_message_takes_what_hangs_below_it_along(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Two.")
    deletion = delete(person, conversation, shown(conversation, "Two.").pk)
    assert texts(conversation) == ["One.", "Re: One."]
    assert [undo.count for undo in undos(conversation)] == [2]
    undo(person, conversation, deletion.pk)
    undo(person, conversation, deletion.pk)
    assert texts(conversation) == ["One.", "Re: One.", "Two.", "Re: Two."]
    assert undos(conversation) == []


def test_deleting_a_version_shows_the_one_before_it(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    one = shown(conversation, "One.")
    reworded(conversation, "One.", "Uno.")
    reworded(conversation, "Uno.", "Eins.")
    delete(person, conversation, shown(conversation, "Eins.").pk)
    assert texts(conversation) == ["Uno.", "Re: Uno."]
    assert len(versions(conversation, "Uno.")) == 2
    select(person, conversation, shown(conversation, "Uno.").pk, one.pk)
    delete(person, conversation, one.pk)
    assert texts(conversation) == ["Uno.", "Re: Uno."]
    assert len(versions(conversation, "Uno.")) == 1


def test_deleting_twice_is_one_deletion(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    one = shown(conversation, "One.")
    assert delete(person, conversation, one.pk) == delete(person, conversation, one.pk)
    assert Deletion.objects.count() == 1


def test_an_undo_that_comes_too_late_changes_nothing(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    deletion = delete(person, conversation, shown(conversation, "One.").pk)
    Deletion.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(TooLate):
        undo(person, conversation, deletion.pk)
    assert texts(conversation) == []


def test_what_was_said_meanwhile_stays_beside_what_comes_back(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Two.")
    two = shown(conversation, "Two.")
    deletion = delete(person, conversation, two.pk)
    say(conversation, "Three.")
    undo(person, conversation, deletion.pk)
    assert texts(conversation) == ["One.", "Re: One.", "Two.", "Re: Two."]
    assert len(versions(conversation, "Two.")) == 2


def test_while_a_reply_is_written_an_undo_brings_back_a_version(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    deletion = delete(person, conversation, shown(conversation, "One.").pk)
    say(conversation, "Two.", "")
    undo(person, conversation, deletion.pk)
    assert texts(conversation) == ["Two.", ""]
    assert len(versions(conversation, "Two.")) == 2


def test_an_undo_below_another_deletion_waits_for_that_one(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    say(conversation, "Two.")
    two = shown(conversation, "Two.")
    below = delete(person, conversation, two.pk)
    above = delete(person, conversation, shown(conversation, "One.").pk)
    undo(person, conversation, below.pk)
    assert texts(conversation) == []
    undo(person, conversation, above.pk)
    assert texts(conversation)[:2] == ["One.", "Re: One."]


def test_deleting_ends_a_reply_that_is_written_below(
    person: User, conversation: Conversation
) -> None:
    begun = say(conversation, "One.", "")
    begun.generation.events.create(seq=1, text="So far")
    deletion = delete(person, conversation, shown(conversation, "One.").pk)
    generation = Generation.objects.get(pk=begun.generation.pk)
    assert generation.status == Status.STOPPED
    undo(person, conversation, deletion.pk)
    assert texts(conversation) == ["One.", "So far"]


def test_a_message_of_another_conversation_has_no_place_here(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    other = Conversation.objects.create(
        user=person, character=conversation.character, title="Other"
    )
    elsewhere = say(other, "Two.").reply_message
    for change in (
        lambda: edit(person, conversation, elsewhere.pk, "x", uuid.uuid4()),
        lambda: regenerate(person, conversation, elsewhere.pk),
        lambda: select(person, conversation, elsewhere.pk, elsewhere.pk),
        lambda: branch(person, conversation, elsewhere.pk),
        lambda: delete(person, conversation, elsewhere.pk),
    ):
        with pytest.raises(Message.DoesNotExist):
            change()
    assert texts(conversation) == ["One.", "Re: One."]


def test_a_reply_left_behind_is_learnt_from_when_it_is_chosen_again(
    person: User, conversation: Conversation
) -> None:
    first = say(conversation, "One.")
    again = regenerate(person, conversation, first.reply_message.pk)
    answer(again, "Something else.")
    ProcrastinateJob.objects.all().delete()
    assert learnable.load(first.generation.pk) is None
    select(person, conversation, again.reply_message.pk, first.reply_message.pk)
    job = ProcrastinateJob.objects.get(task_name="learn_turn")
    assert job.args == {"generation_id": str(first.generation.pk)}
    assert learnable.load(first.generation.pk) is not None


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_turn_the_path_at_once_leave_one_of_both(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    one = shown(conversation, "One.")
    two = reworded(conversation, "One.", "Uno.")
    three = reworded(conversation, "Uno.", "Eins.")

    def choose(sibling: uuid.UUID) -> None:
        try:
            mine = Conversation.objects.get(pk=conversation.pk)
            select(person, mine, three.pk, sibling)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(choose, [one.pk, two.pk] * 5))
    conversation.refresh_from_db()
    assert texts(conversation) in [["One.", "Re: One."], ["Uno.", "Re: Uno."]]
    entries = PathEntry.objects.filter(conversation=conversation)
    last = entries.order_by("-position")[0]
    assert last.message == conversation.leaf


def test_a_path_of_ten_thousand_messages_turns_in_as_few_statements(
    person: User,
    conversation: Conversation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    say(conversation, "One.")
    one = shown(conversation, "One.")
    _lengthen(conversation, 10_000)
    conversation.refresh_from_db()
    leaf = conversation.leaf_id
    other = reworded(conversation, "One.", "Uno.")
    with django_assert_max_num_queries(20):
        select(person, conversation, other.pk, one.pk)
    conversation.refresh_from_db()
    assert conversation.leaf_id == leaf
    with django_assert_max_num_queries(30):
        deletion = delete(person, conversation, one.pk)
    assert texts(conversation) == ["Uno.", "Re: Uno."]
    with django_assert_max_num_queries(20):
        undo(person, conversation, deletion.pk)
    assert PathEntry.objects.filter(conversation=conversation).count() == 10_003


def _lengthen(conversation: Conversation, by: int) -> None:
    """Many more messages, each below the last."""
    conversation.refresh_from_db()
    rows: list[Message] = []
    parent = conversation.leaf_id
    for number in range(by):
        role = (Role.USER, Role.ASSISTANT)[number % 2]
        rows.append(
            Message(
                conversation=conversation,
                parent_id=parent,
                role=role,
                text=f"No. {number}",
            )
        )
        parent = rows[-1].pk
    Message.objects.bulk_create(rows)
    length = PathEntry.objects.filter(conversation=conversation).count()
    path.append(conversation.pk, [row.pk for row in rows], position=length)
    Conversation.objects.filter(pk=conversation.pk).update(leaf=rows[-1])
    statistics.gather()
