"""A person with a conversation in which something is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:  # read before Django is set up
    from chatapp.accounts.models import User
    from chatapp.conversations.models import Conversation


@pytest.fixture(name="person")
def _person(db: None) -> User:
    from chatapp.accounts.models import User

    return User.objects.create_user("ana", password="pass-of-a-test")


@pytest.fixture(name="conversation")
def _conversation(person: User) -> Conversation:
    from chatapp.characters.models import Character
    from chatapp.conversations.opening import open_conversation

    character = Character.objects.create(
        slug="aria",
        name="Aria",
        persona="A lighthouse keeper.",
        avatar="avatars/aria.svg",
        greeting="*looks up* Good evening.",
    )
    return open_conversation(person, character, "character")


@pytest.fixture(name="signed_in")
def _signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client
