"""The operators' page of what was not learnt: who sees it, what it says, what it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations.models import Conversation, Generation
from chatapp.conversations.tasks import learn_turn
from chatapp.conversations.turns import Begun
from chatapp.memories.lines import memory_lines
from chatapp.memories.models import Atom, TurnRecord, TurnStep
from chatapp.memories.pause import pause, paused
from memory.errors import BadMemoryRequest, BillingBlocked, MemoryUnavailable
from tests.conversations.fakes import BROKEN_JSON, FakeMemory, FakeModel
from tests.conversations.test_learning import _no_job_left, jobs
from tests.conversations.test_tasks import RAIN, spoken
from tests.harness import statistics

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["_no_job_left"]
IN_ITS_WORDS = "POST /v1/atoms: HTTP 400 bad_request: content is required"
PAGE = "admin:memories_learning_changelist"


@pytest.fixture
def operator(client: Client, transactional_db: None) -> Client:
    """Somebody who may do everything."""
    client.force_login(User.objects.create_superuser("olga"))
    return client


def learn(begun: Begun) -> None:
    async_to_sync(learn_turn.func)(str(begun.generation.pk))


def long_ago() -> None:
    """Every reply ended a minute ago."""
    Generation.objects.update(ended_at=timezone.now() - timedelta(minutes=1))


def act(operator: Client, action: str, **more: Any) -> str:
    ids = [str(pk) for pk in TurnRecord.objects.values_list("pk", flat=True)[:100]]
    chosen = {"action": action, "_selected_action": ids} | more
    response = operator.post(reverse(PAGE), chosen, follow=True)
    return response.content.decode()


@pytest.fixture
def refused(
    person: User, conversation: Conversation, model: FakeModel, memory: FakeMemory
) -> Begun:
    """A turn of which the service refused an atom."""
    model.atoms.append([RAIN])
    memory.fail("store_atom", BadMemoryRequest(IN_ITS_WORDS))
    begun = spoken(person, conversation)
    learn(begun)
    return begun


def test_only_staff_see_it(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get(reverse(PAGE)).status_code == 302


def test_nothing_to_do_is_said(operator: Client) -> None:
    page = operator.get(reverse(PAGE)).content.decode()
    assert "Everything that was said is learnt" in page


def test_a_failure_is_listed_with_its_reason_and_no_word_or_name(
    operator: Client, refused: Begun, person: User
) -> None:
    page = operator.get(reverse(PAGE)).content.decode()
    assert "failed" in page
    assert IN_ITS_WORDS in page  # what the person is told helps no operator
    assert BadMemoryRequest("x").user_message not in page
    assert person.chat_external_id in page
    assert person.username not in page
    assert "rain" not in page


def test_retry_stores_what_was_refused_and_the_line_says_so(
    operator: Client,
    refused: Begun,
    memory: FakeMemory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert "1 are tried again" in act(operator, "retry")
    assert [job["scheduled_at"] for job in jobs()][-1] is None
    learn(refused)
    assert Atom.objects.get().state == "saved"
    assert (
        "Everything that was said is learnt"
        in operator.get(reverse(PAGE)).content.decode()
    )
    assert any("retried 1 learning jobs" in r.getMessage() for r in caplog.records)


def test_retry_learns_a_turn_whose_anchor_was_refused(
    operator: Client,
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    model.atoms.append([RAIN])
    memory.fail("create_anchor", BadMemoryRequest(IN_ITS_WORDS))
    begun = spoken(person, conversation)
    learn(begun)
    assert IN_ITS_WORDS in operator.get(reverse(PAGE)).content.decode()
    act(operator, "retry")
    learn(begun)
    assert [atom["content"] for atom in memory.atoms.values()] == ["User loves rain."]


def test_retry_extracts_and_stores_what_the_extractor_made_a_mess_of(
    operator: Client,
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    model.atoms.extend([BROKEN_JSON, [RAIN]])
    begun = spoken(person, conversation)
    learn(begun)
    act(operator, "retry")
    learn(begun)
    assert [atom["content"] for atom in memory.atoms.values()] == ["User loves rain."]


def test_what_was_discarded_is_never_learnt_and_says_so(
    operator: Client, refused: Begun, memory: FakeMemory
) -> None:
    assert "1 were discarded" in act(operator, "discard")
    assert jobs() == []
    learn(refused)
    assert memory.atoms == {}
    step = TurnStep.objects.get(name="learn")
    assert (step.status, step.detail) == ("discarded", "Discarded by an operator.")
    line = memory_lines([refused.generation.pk])[refused.generation.pk]
    assert line.failed == "Discarded by an operator."
    assert Atom.objects.get().problem == "Discarded by an operator."


def test_what_waits_for_an_outage_shows_its_attempts_and_its_next_try(
    operator: Client,
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    memory.fail("create_anchor", MemoryUnavailable("away"))
    begun = spoken(person, conversation)
    with pytest.raises(MemoryUnavailable):
        learn(begun)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET attempts = 17,"
            " scheduled_at = '2031-05-06 07:08Z'"
        )
    long_ago()
    page = operator.get(reverse(PAGE), {"state": "waiting"}).content.decode()
    assert "waiting" in page
    assert ">17<" in page
    assert "May 6, 2031" in page
    act(operator, "retry")
    assert [job["scheduled_at"] for job in jobs()] == [None]
    learn(begun)
    assert TurnRecord.objects.get().learnt_at is not None


def test_retry_ends_a_pause_for_everybody(
    operator: Client,
    person: User,
    conversation: Conversation,
    model: FakeModel,
    memory: FakeMemory,
) -> None:
    spoken(person, conversation)
    pause(BillingBlocked("the account is unpaid"))
    long_ago()
    page = operator.get(reverse(PAGE)).content.decode()
    assert "the account is unpaid" in page
    assert "parked" in page
    act(operator, "retry")
    assert paused() is None
    assert [job["queue_name"] for job in jobs()] == ["learn"]


def test_a_thousand_rows_are_paged_with_few_questions(
    operator: Client, refused: Begun
) -> None:
    said = refused.generation
    others = Generation.objects.bulk_create(
        Generation(message_id=said.message_id, conversation=said.conversation, status=s)
        for s in ["complete"] * 1_000
    )
    turns = TurnRecord.objects.bulk_create(
        TurnRecord(generation=other, anchor=refused.anchor) for other in others
    )
    TurnStep.objects.bulk_create(
        TurnStep(record=turn, name="store", status="failed") for turn in turns
    )
    statistics.gather()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = operator.get(reverse(PAGE)).content.decode()
    assert len(asked) < 20
    assert "1001 learning jobs" in page
    assert page.count('name="_selected_action"') == 100
    assert "1001 were discarded" in act(operator, "discard", select_across="1")
    assert not TurnRecord.objects.exclude(steps__status="discarded").exists()
