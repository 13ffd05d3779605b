"""The colours of a conversation: the person's choice, else the author's, for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from chatapp.accounts.models import User
from chatapp.characters.models import Character, ThemeChoice
from chatapp.characters.themes import Theme
from chatapp.characters.theming import choose, join, theme_for
from chatapp.conversations.models import Conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def worn(client: Client, conversation: Conversation) -> list[str]:
    """The themes that the conversation's page wears."""
    page = client.get(conversation.get_absolute_url()).content.decode()
    return re.findall(r'class="room-page [^"]*\btheme-(\w+)"', page)


def post(client: Client, conversation: Conversation, theme: str) -> int:
    address = f"/c/{conversation.pk}/theme/"
    return client.post(address, {"theme": theme}).status_code


def test_a_choice_is_worn_until_it_is_taken_back(
    mine: Client, conversation: Conversation
) -> None:
    assert worn(mine, conversation) == []
    post(mine, conversation, "rose")
    assert worn(mine, conversation) == ["rose"]
    post(mine, conversation, "author")
    assert worn(mine, conversation) == []
    assert not ThemeChoice.objects.exists()


def test_the_author_s_theme_is_worn_and_a_plain_choice_stands_above_it(
    mine: Client, conversation: Conversation
) -> None:
    Character.objects.filter(pk=conversation.character_id).update(theme="sea")
    assert worn(mine, conversation) == ["sea"]
    post(mine, conversation, "")
    assert worn(mine, conversation) == []


def test_a_theme_that_is_no_longer_there_is_the_plain_one(
    mine: Client, conversation: Conversation
) -> None:
    Character.objects.filter(pk=conversation.character_id).update(theme="mud")
    assert worn(mine, conversation) == []


def test_an_unknown_theme_changes_nothing(
    mine: Client, conversation: Conversation
) -> None:
    post(mine, conversation, "sea")
    post(mine, conversation, 'mud" onclick=')
    assert worn(mine, conversation) == ["sea"]


def test_nobody_colours_another_s_conversation(
    conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    stranger = Client()
    stranger.force_login(make_person("noor"))
    assert post(stranger, conversation, "sea") == 404
    assert not ThemeChoice.objects.exists()


def test_each_theme_is_offered_and_the_chosen_one_is_checked(
    mine: Client, conversation: Conversation
) -> None:
    post(mine, conversation, "dusk")
    page = mine.get(f"/c/{conversation.pk}/keep/").content.decode()
    found = re.findall(r'name="theme" value="(\w*)"( checked)?', page)
    assert [value for value, _ in found] == ["author", *filter(None, Theme.values)]
    assert [value for value, checked in found if checked] == ["dusk"]


def test_a_guest_s_choice_comes_along_where_the_account_has_none(
    person: User, conversation: Conversation, make_person: Callable[[str], User]
) -> None:
    guest, character = make_person("noor"), conversation.character
    choose(guest, character, Theme.SAND)
    join(guest=guest, user=person)
    assert theme_for(person, character) is Theme.SAND
    choose(guest, character, Theme.SEA)
    join(guest=guest, user=person)
    assert theme_for(person, character) is Theme.SAND
