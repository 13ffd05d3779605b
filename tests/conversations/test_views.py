"""Pages and posts: the owner's only, a clear word for each bad input, nothing lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import AsyncMock

import pytest
from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.conversations import views
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Generation, Message, Status
from chatapp.conversations.turns import begin
from chatapp.memories.models import TurnRecord

Post = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[AsyncMock]:
    """Notes what it was asked to do; replies are the runner's own tests."""
    fake = AsyncMock()
    fake.stop.return_value = False
    monkeypatch.setattr(views, "RUNNER", fake)
    yield fake


@pytest.fixture
def mina(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def say(mina: Client, conversation: Conversation) -> Post:
    def post(**fields: Any) -> Any:
        data = {"text": "I love rain.", "key": str(uuid.uuid4())} | fields
        return mina.post(
            f"/c/{conversation.pk}/send/", data, headers={"HX-Request": "true"}
        )

    return post


def sentence(response: Any) -> str:
    return str(response.content.decode())


def test_a_message_is_answered_by_two_articles_and_a_reply_begins(
    say: Post, runner: AsyncMock
) -> None:
    response = say()
    assert response.status_code == 200
    assert sentence(response).count("<article") == 2
    assert "I love rain." in sentence(response)
    runner.start.assert_awaited_once()


def test_the_same_key_again_begins_no_second_reply(
    say: Post, runner: AsyncMock
) -> None:
    key = str(uuid.uuid4())
    first = say(key=key)
    again = say(key=key)
    assert first.content == again.content
    runner.start.assert_awaited_once()


def test_sent_before_the_scripts_were_there_the_answer_is_the_page(
    mina: Client, conversation: Conversation, runner: AsyncMock
) -> None:
    data = {"text": "I love rain.", "key": str(uuid.uuid4())}
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    url = f"/c/{conversation.pk}/send/"
    answer = mina.post(url, data, headers=accept)
    assert (answer.status_code, answer["Location"]) == (302, f"/c/{conversation.pk}/")
    runner.start.assert_awaited_once()
    refused = mina.post(url, data | {"key": str(uuid.uuid4())}, headers=accept)
    assert refused.status_code == 409
    page = sentence(refused)
    assert str(views.BUSY) in page
    assert "I love rain.</textarea>" in page
    assert f'href="/c/{conversation.pk}/"' in page
    assert Message.objects.filter(text="I love rain.").count() == 1


def test_other_words_under_a_used_key_get_a_new_one_on_their_page(
    mina: Client, conversation: Conversation
) -> None:
    key, accept = str(uuid.uuid4()), {"Accept": "text/html,*/*;q=0.8"}
    url = f"/c/{conversation.pk}/send/"
    mina.post(url, {"text": "I love rain.", "key": key}, headers=accept)
    changed = mina.post(url, {"text": "I love snow.", "key": key}, headers=accept)
    assert str(views.CHANGED) in sentence(changed)
    assert "I love snow.</textarea>" in sentence(changed)
    assert key not in sentence(changed)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"text": ""}, "Write something first", id="empty"),
        pytest.param({"text": " \n\t "}, "Write something first", id="blank"),
        pytest.param({"text": "x" * 8001}, "8,000 characters", id="too long"),
        pytest.param({"text": "a\x00b"}, "NUL", id="NUL"),
        pytest.param({"key": ""}, "Reload", id="no key"),
        pytest.param({"key": "x"}, "Reload", id="a key that is none"),
    ],
)
def test_bad_input_is_named_and_nothing_begins(
    say: Post, runner: AsyncMock, fields: dict[str, Any], words: str
) -> None:
    response = say(**fields)
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#notice"
    assert words in sentence(response)
    runner.start.assert_not_awaited()
    assert not Message.objects.filter(role="user").exists()


def test_a_line_end_counts_once_as_the_page_counts_it(say: Post) -> None:
    lines = "\n".join(["x"] * 4000)  # 7,999 characters
    assert say(text=f"  {lines}\n ".replace("\n", "\r\n")).status_code == 200
    assert Message.objects.get(role="user").text == lines


def test_half_a_character_is_refused_not_replaced(
    mina: Client, conversation: Conversation, runner: AsyncMock
) -> None:
    body = f"key={uuid.uuid4()}&text=a%ED%A0%80b"
    response = mina.post(
        f"/c/{conversation.pk}/send/",
        body,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 422
    assert "surrogate" in sentence(response)
    runner.start.assert_not_awaited()


def test_a_body_that_is_no_form_is_named_too(
    mina: Client, conversation: Conversation, runner: AsyncMock
) -> None:
    response = mina.post(
        f"/c/{conversation.pk}/send/", "{not json", content_type="application/json"
    )
    assert response.status_code == 422
    runner.start.assert_not_awaited()


def test_a_key_that_was_used_for_other_words_is_refused(
    say: Post, key: uuid.UUID
) -> None:
    say(key=str(key))
    answer = say(key=str(key), text="I love snow.")
    assert answer.status_code == 409
    assert "other words" in sentence(answer)
    assert Message.objects.get(role="user").text == "I love rain."


def test_a_conversation_that_changed_hands_meanwhile_takes_nothing(
    say: Post,
    person: User,
    conversation: Conversation,
    make_person: Callable[[str], User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = views.own_conversation

    def just_before(*args: Any) -> Conversation:
        found = real(*args)
        Conversation.objects.update(user=make_person("jun"))
        return found

    monkeypatch.setattr(views, "own_conversation", just_before)
    assert say().status_code == 404
    assert not Message.objects.filter(role="user").exists()


def test_a_second_message_while_a_reply_runs_is_refused_clearly(say: Post) -> None:
    say()
    response = say(text="And tea.")
    assert response.status_code == 409
    assert "Stop" in sentence(response)


def test_a_cap_says_which_and_when(say: Post, settings: Settings) -> None:
    settings.REPLIES_ENABLED = False
    response = say()
    assert response.status_code == 429
    assert response["HX-Retarget"] == "#notice"


@pytest.mark.parametrize("page", ["", "memory/"])
def test_somebody_elses_page_does_not_exist(
    conversation: Conversation, make_person: Callable[[str], User], page: str
) -> None:
    stranger = Client()
    stranger.force_login(make_person("jun"))
    assert stranger.get(f"/c/{conversation.pk}/{page}").status_code == 404


@pytest.mark.parametrize("command", ["send", "stop"])
def test_somebody_elses_conversation_takes_no_command(
    conversation: Conversation,
    make_person: Callable[[str], User],
    runner: AsyncMock,
    command: str,
) -> None:
    stranger = Client()
    stranger.force_login(make_person("jun"))
    data = {"text": "x", "key": str(uuid.uuid4())}
    response = stranger.post(f"/c/{conversation.pk}/{command}/", data)
    assert response.status_code == 404
    assert not runner.method_calls


def test_an_unknown_conversation_is_the_same_404(mina: Client) -> None:
    assert mina.get(f"/c/{uuid.uuid4()}/").status_code == 404


def test_who_is_not_signed_in_is_sent_there(conversation: Conversation) -> None:
    response = Client().get(f"/c/{conversation.pk}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")
    htmx = Client().get(f"/c/{conversation.pk}/", headers={"HX-Request": "true"})
    assert htmx["HX-Redirect"] == "/accounts/login/"


def test_the_page_shows_the_path_and_a_fresh_key(
    mina: Client, conversation: Conversation
) -> None:
    page = sentence(mina.get(f"/c/{conversation.pk}/"))
    assert "Good evening." in page
    assert 'name="key"' in page


def test_opening_a_page_costs_the_same_queries_however_much_was_said(
    mina: Client,
    person: User,
    conversation: Conversation,
    django_assert_max_num_queries: Any,
) -> None:
    def turn() -> None:
        conversation.refresh_from_db()
        begun = begin(person, conversation, "I love rain.", uuid.uuid4())
        finish(begun.generation, begun.anchor.pk, Ended(Status.COMPLETE, "So do I."))

    turn()
    with django_assert_max_num_queries(15) as few:
        mina.get(f"/c/{conversation.pk}/")
    for _ in range(4):
        turn()
    with django_assert_max_num_queries(len(few)):
        mina.get(f"/c/{conversation.pk}/")


def test_stop_tells_the_process_that_writes(
    mina: Client, say: Post, conversation: Conversation, runner: AsyncMock
) -> None:
    say()
    generation = Generation.objects.get()
    assert mina.post(f"/c/{conversation.pk}/stop/").status_code == 204
    runner.stop.assert_awaited_once_with(generation.pk)
    generation.refresh_from_db()
    assert generation.stop_requested


def test_stop_with_nothing_running_is_no_error(
    mina: Client, conversation: Conversation
) -> None:
    assert mina.post(f"/c/{conversation.pk}/stop/").status_code == 204


def test_a_turn_record_is_its_owners_alone(
    mina: Client,
    person: User,
    conversation: Conversation,
    make_person: Callable[[str], User],
) -> None:
    begun = begin(person, conversation, "Hi.", uuid.uuid4())
    TurnRecord.objects.create(generation=begun.generation, anchor=begun.anchor)
    address = f"/turns/{begun.generation.pk}/"
    assert mina.get(address).status_code == 200
    stranger = Client()
    stranger.force_login(make_person("jun"))
    assert stranger.get(address).status_code == 404
    operator = make_person("ops")
    operator.is_staff = True
    operator.save()
    stranger.force_login(operator)
    assert stranger.get(address).status_code == 404
    ours = Permission.objects.filter(content_type__app_label="memories")
    operator.user_permissions.add(ours.get(codename="view_turnrecord"))
    assert stranger.get(address).status_code == 200


def test_pressing_start_twice_opens_one_conversation(
    mina: Client, conversation: Conversation
) -> None:
    first = mina.post("/characters/aria/start/")
    again = mina.post("/characters/aria/start/")
    assert first["Location"] == again["Location"] == conversation.get_absolute_url()
    assert mina.get("/characters/aria/start/").status_code == 405


def test_html_in_what_a_person_typed_is_shown_not_run(
    say: Post, mina: Client, conversation: Conversation
) -> None:
    say(text="<script>alert(1)</script>")
    page = sentence(mina.get(f"/c/{conversation.pk}/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
