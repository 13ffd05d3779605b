"""What a page can do with a message: the owner's only, refused without loss."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import User
from chatapp.conversations import context, tree_views, views
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import (
    Conversation,
    Deletion,
    Generation,
    Message,
    Status,
)
from tests.conversations.tree import say, shown, texts

Act = Callable[..., Any]
pytestmark = pytest.mark.django_db
VERBS = ("edit", "regenerate", "select", "branch", "delete")


@pytest.fixture(autouse=True)
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[AsyncMock]:
    """Notes what it was asked to do; replies are the runner's own tests."""
    fake = AsyncMock()
    fake.stop.return_value = False
    monkeypatch.setattr(views, "RUNNER", fake)
    monkeypatch.setattr(tree_views, "STOPPED_S", 0.05)
    yield fake


@pytest.fixture
def act(person: User, conversation: Conversation) -> Act:
    client = Client()
    client.force_login(person)

    def post(message: Message, verb: str, **data: Any) -> Any:
        address = f"/c/{conversation.pk}/m/{message.pk}/{verb}/"
        return client.post(address, data, headers={"HX-Request": "true"})

    return post


def html(response: Any) -> str:
    return str(response.content.decode())


def test_a_new_wording_is_answered_by_two_articles_and_a_reply_begins(
    conversation: Conversation, act: Act, runner: AsyncMock
) -> None:
    say(conversation, "One.")
    one = shown(conversation, "One.")
    response = act(one, "edit", text="Uno.", key=uuid.uuid4())
    assert response.status_code == 200
    assert html(response).count("<article") == 2
    assert texts(conversation) == ["Uno.", ""]
    runner.start.assert_awaited_once()


def test_an_empty_wording_is_refused_and_the_message_stays(
    conversation: Conversation, act: Act, runner: AsyncMock
) -> None:
    say(conversation, "One.")
    response = act(shown(conversation, "One."), "edit", text=" ", key=uuid.uuid4())
    assert response.status_code == 422
    assert texts(conversation) == ["One.", "Re: One."]
    assert not runner.method_calls


def test_regenerate_and_select_answer_with_the_whole_path(
    conversation: Conversation, act: Act
) -> None:
    begun = say(conversation, "One.")
    say(conversation, "Two.")
    response = act(begun.reply_message, "regenerate")
    assert html(response).count("<article") == 3
    assert 'data-path-version="1"' in html(response)
    answer_running(conversation)
    back = act(begun.reply_message, "select", sibling=begun.reply_message.pk)
    assert html(back).count("<article") == 5
    assert 'data-path-version="2"' in html(back)


def test_regenerating_twice_with_one_key_writes_one_reply(
    conversation: Conversation, act: Act, runner: AsyncMock
) -> None:
    begun = say(conversation, "One.")
    key = str(uuid.uuid4())
    assert act(begun.reply_message, "regenerate", key=key).status_code == 200
    for over in (False, True):  # while it is written, and when it has ended
        if over:
            answer_running(conversation)
        again = act(begun.reply_message, "regenerate", key=key)
        assert again.status_code == 200
        assert html(again).count("<article") == 3
    assert conversation.message_set.filter(parent=begun.user_message).count() == 2
    assert runner.start.call_count == 1
    # The key of a reply is no key of a message.
    reply = conversation.message_set.get(key=key)
    own = begun.user_message
    assert act(own, "edit", key=key, text=reply.text).status_code == 409
    fresh = act(begun.reply_message, "regenerate", key=str(uuid.uuid4()))
    assert fresh.status_code == 200
    assert conversation.message_set.filter(parent=begun.user_message).count() == 3


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("edit", {"text": "Uno.", "key": str(uuid.uuid4())}),
        ("regenerate", {}),
        ("select", {}),
    ],
)
def test_while_a_reply_is_written_a_notice_says_so(
    conversation: Conversation,
    act: Act,
    runner: AsyncMock,
    verb: str,
    data: dict[str, str],
) -> None:
    begun = say(conversation, "One.")
    say(conversation, "Two.", "")
    target = shown(conversation, "One.") if verb == "edit" else begun.reply_message
    if verb == "select":
        data = {"sibling": str(target.pk)}
    response = act(target, verb, **data)
    assert response.status_code == 409
    assert "still being written" in html(response)
    assert response["HX-Retarget"] == "#notice"
    assert texts(conversation) == ["One.", "Re: One.", "Two.", ""]
    assert not runner.start.called


def test_a_branch_is_opened(conversation: Conversation, act: Act) -> None:
    begun = say(conversation, "One.")
    response = act(begun.reply_message, "branch")
    new = Conversation.objects.exclude(pk=conversation.pk).get()
    assert response["HX-Redirect"] == f"/c/{new.pk}/"
    client = Client()
    client.force_login(conversation.user)
    plain = client.post(f"/c/{conversation.pk}/m/{begun.reply_message.pk}/branch/")
    assert (plain.status_code, plain["Location"]) == (303, f"/c/{new.pk}/")
    page = html(client.get(f"/c/{new.pk}/"))
    assert "Re: One." in page


def test_a_deletion_offers_its_undo_and_the_undo_brings_it_back(
    person: User, conversation: Conversation, act: Act
) -> None:
    say(conversation, "One.")
    deleted = act(shown(conversation, "One."), "delete")
    deletion = Deletion.objects.get()
    undo = f"/c/{conversation.pk}/undo/{deletion.pk}/"
    assert undo in html(deleted)
    assert html(deleted).count("<article") == 1
    client = Client()
    client.force_login(person)
    assert html(client.post(undo)).count("<article") == 3
    assert html(client.post(undo)).count("<article") == 3


def test_an_undo_that_comes_too_late_says_so(
    person: User, conversation: Conversation, act: Act
) -> None:
    say(conversation, "One.")
    act(shown(conversation, "One."), "delete")
    Deletion.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    client = Client()
    client.force_login(person)
    late = client.post(f"/c/{conversation.pk}/undo/{Deletion.objects.get().pk}/")
    assert late.status_code == 410
    assert "too late" in html(late)


def test_deleting_stops_the_reply_that_is_written_below(
    conversation: Conversation, act: Act, runner: AsyncMock
) -> None:
    begun = say(conversation, "One.", "")
    response = act(shown(conversation, "One."), "delete")
    assert response.status_code == 200
    runner.stop.assert_awaited_once_with(begun.generation.pk)
    assert Generation.objects.get(pk=begun.generation.pk).status == "stopped"


def test_deleting_beside_the_reply_that_is_written_stops_nothing(
    conversation: Conversation, act: Act, runner: AsyncMock
) -> None:
    first = say(conversation, "One.").reply_message
    act(first, "regenerate")
    response = act(first, "delete")
    assert response.status_code == 200
    assert not runner.stop.called
    assert texts(conversation) == ["One.", ""]


def test_the_transcript_is_what_the_page_shows(
    person: User, conversation: Conversation
) -> None:
    say(conversation, "One.")
    client = Client()
    client.force_login(person)
    fragment = html(client.get(f"/c/{conversation.pk}/transcript/"))
    page = html(client.get(f"/c/{conversation.pk}/"))
    assert fragment.count("<article") == page.count("<article") == 3
    assert "<html" not in fragment


@pytest.mark.parametrize("verb", VERBS)
def test_a_message_of_another_conversation_does_not_exist_here(
    person: User, conversation: Conversation, act: Act, runner: AsyncMock, verb: str
) -> None:
    other = Conversation.objects.create(
        user=person, character=conversation.character, title="Other"
    )
    elsewhere = say(other, "Two.").reply_message
    data = {"text": "x", "key": uuid.uuid4(), "sibling": elsewhere.pk}
    assert act(elsewhere, verb, **data).status_code == 404
    assert not runner.method_calls
    assert texts(other) == ["Two.", "Re: Two."]


@pytest.mark.parametrize("verb", VERBS)
def test_somebody_elses_messages_do_not_exist(
    conversation: Conversation,
    make_person: Callable[[str], User],
    runner: AsyncMock,
    verb: str,
) -> None:
    say(conversation, "One.")
    one = shown(conversation, "One.")
    stranger = Client()
    stranger.force_login(make_person("jun"))
    data = {"text": "x", "key": str(uuid.uuid4()), "sibling": str(one.pk)}
    address = f"/c/{conversation.pk}/m/{one.pk}/{verb}/"
    assert stranger.post(address, data).status_code == 404
    assert texts(conversation) == ["One.", "Re: One."]
    assert not runner.method_calls


def test_a_version_that_is_none_does_not_exist(
    conversation: Conversation, act: Act
) -> None:
    begun = say(conversation, "One.")
    one = shown(conversation, "One.")
    for sibling in (begun.reply_message.pk, uuid.uuid4(), "nonsense", ""):
        assert act(one, "select", sibling=sibling).status_code == 404


def answer_running(conversation: Conversation) -> None:
    """End the reply that is being written."""
    running = Generation.objects.get(conversation=conversation, status="pending")
    anchor = context.anchor_of(conversation)
    finish(running, anchor.pk, Ended(Status.COMPLETE, "Something else."))
