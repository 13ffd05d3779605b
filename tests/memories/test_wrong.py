"""A person's word that a memory was wrong: told once, in its own session, honestly."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync

from chatapp.conversations.models import Conversation
from chatapp.memories import wrong
from chatapp.memories.models import StepStatus, TurnAtom, TurnRecord, TurnStep, Wrong
from memory.errors import MemoryRejected, MemoryUnavailable
from tests.conversations.fakes import FakeMemory
from tests.conversations.tree import say
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(conversation: Conversation) -> TurnAtom:
    """An atom that a reply used, in a turn that was learnt from."""
    return used_in_a_turn(conversation)


def used_in_a_turn(conversation: Conversation, **fields: object) -> TurnAtom:
    begun = say(conversation, "Hi.")
    record = TurnRecord.objects.get(generation=begun.generation)
    TurnRecord.objects.filter(pk=record.pk).update(session_id="session-1")
    TurnStep.objects.create(record=record, name="feedback", status=StepStatus.DONE)
    row = TurnAtom.objects.create(
        record=record,
        position=0,
        atom=remember(conversation, "User loves rain."),
        maas_id="id of User loves rain.",
        **{"recalled": True, "injected": True, "used": True, "cited": True} | fields,
    )
    return TurnAtom.objects.select_related("record__generation").get(pk=row.pk)


def tell(row: TurnAtom, memory: FakeMemory) -> str:
    async_to_sync(wrong.say_wrong)(row, memory=memory)
    row.refresh_from_db(fields=["wrong"])
    return row.wrong


def test_it_is_told_in_the_session_of_that_recall(
    row: TurnAtom, memory: FakeMemory
) -> None:
    assert tell(row, memory) == Wrong.SENT
    assert memory.rejected == [("session-1", (row.maas_id,))]
    assert memory.fed_back == []


def test_it_is_told_once_however_often_it_is_said(
    row: TurnAtom, memory: FakeMemory
) -> None:
    tell(row, memory)
    tell(row, memory)
    assert len(memory.rejected) == 1


def test_an_unknown_outcome_is_said_and_never_sent_again(
    row: TurnAtom, memory: FakeMemory
) -> None:
    memory.fail("feedback", MemoryUnavailable("lost", outcome_unknown=True))
    assert tell(row, memory) == Wrong.UNKNOWN
    assert tell(row, memory) == Wrong.UNKNOWN
    assert memory.rejected == []


def test_what_surely_did_nothing_can_be_said_again(
    row: TurnAtom, memory: FakeMemory
) -> None:
    memory.fail("feedback", MemoryUnavailable("away"))
    with pytest.raises(wrong.NotNow, match="nothing was sent"):
        tell(row, memory)
    assert tell(row, memory) == Wrong.SENT


def test_a_refusal_is_said(row: TurnAtom, memory: FakeMemory) -> None:
    memory.fail("feedback", MemoryRejected("no", status=404))
    assert tell(row, memory) == Wrong.REFUSED


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"recalled": False, "carried": True}, id="kept at hand"),
        pytest.param({"used": False, "cited": False}, id="not used and not named"),
    ],
)
def test_only_what_that_recall_returned_and_its_reply_took_up(
    conversation: Conversation, memory: FakeMemory, fields: dict[str, object]
) -> None:
    with pytest.raises(wrong.NotNow):
        tell(used_in_a_turn(conversation, **fields), memory)
    assert memory.rejected == []


def test_not_before_the_reply_s_own_feedback_is_over(
    row: TurnAtom, memory: FakeMemory
) -> None:
    TurnStep.objects.update(status=StepStatus.STARTED)
    with pytest.raises(wrong.NotNow, match="still being learnt"):
        tell(row, memory)
    assert memory.rejected == []
