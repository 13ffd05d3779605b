"""The pages of search: for their person only, safe to show, by link and by keyboard."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chatapp.accounts.models import User
from chatapp.conversations import revising
from chatapp.conversations.models import Conversation
from tests.conversations.tree import answer, say, shown, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of_mine(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def html(response: Any) -> str:
    return str(response.content.decode())


def left_version(person: User, conversation: Conversation) -> uuid.UUID:
    """A message that another wording of it has taken the place of."""
    say(conversation, "I keep <b>bees</b>.", "Oh.")
    bees = shown(conversation, "I keep <b>bees</b>.")
    begun = revising.edit(person, conversation, bees.pk, "Ducks.", uuid.uuid4())
    answer(begun, "Quack.")
    return bees.pk


def test_the_page_of_hits_marks_words_and_nothing_else(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    message = left_version(person, conversation)
    page = html(page_of_mine.get("/find/", {"q": "bees"}))
    assert "I keep &lt;b&gt;<mark>bees</mark>&lt;/b&gt;." in page
    assert "in another version" in page
    assert f'href="/c/{conversation.pk}/m/{message}/#message-{message}"' in page


def test_hits_alone_are_answered_while_one_types(
    page_of_mine: Client, conversation: Conversation
) -> None:
    say(conversation, "Bees.", "Oh.")
    part = html(page_of_mine.get("/find/", {"q": "bee", "part": "hits"}))
    assert part.count('class="hit ') == 1
    assert "<html" not in part


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("", "Find anything", id="nothing typed"),
        pytest.param("?!", "signs alone", id="signs"),
        pytest.param("wasp", "Nothing was said", id="no hit"),
        pytest.param(
            "\0\ud800".encode("utf-8", "replace"), "signs alone", id="no text"
        ),
    ],
)
def test_a_page_without_hits_says_what_to_do(
    page_of_mine: Client, conversation: Conversation, query: str, said: str
) -> None:
    say(conversation, "Bees.", "Oh.")
    assert said in html(page_of_mine.get("/find/", {"q": query}))


def test_a_passage_shows_the_other_version_and_only_its_button_chooses_it(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    message = left_version(person, conversation)
    page = html(page_of_mine.get(f"/c/{conversation.pk}/m/{message}/"))
    assert "Reading it here changes nothing" in page
    assert "I keep &lt;b&gt;bees&lt;/b&gt;." in page
    assert texts(conversation) == ["Ducks.", "Quack."]
    answered = page_of_mine.post(f"/c/{conversation.pk}/m/{message}/show/")
    assert answered["Location"].startswith(f"/c/{conversation.pk}/?at={message}")
    assert texts(conversation) == ["I keep <b>bees</b>.", "Oh."]


def test_a_version_is_not_chosen_while_a_reply_is_written(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    message = left_version(person, conversation)
    say(conversation, "More.", "")
    answered = page_of_mine.post(f"/c/{conversation.pk}/m/{message}/show/")
    assert answered.status_code == 409
    assert "still being written" in html(answered)


def test_another_person_has_no_such_passage(
    conversation: Conversation, person: User, make_person: Callable[[str], User]
) -> None:
    message = left_version(person, conversation)
    stranger = Client()
    stranger.force_login(make_person("noor"))
    address = f"/c/{conversation.pk}/m/{message}/"
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}show/").status_code == 404


def test_a_message_of_elsewhere_has_no_passage_here(
    page_of_mine: Client, person: User, conversation: Conversation
) -> None:
    left_version(person, conversation)
    other = Conversation.objects.create(user=person, character=conversation.character)
    message = shown(conversation, "Ducks.")
    assert page_of_mine.get(f"/c/{other.pk}/m/{message.pk}/").status_code == 404


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    assert Client().get("/find/?q=bees").status_code == 302
