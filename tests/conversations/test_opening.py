"""How a conversation opens: the first message and its alternates are versions of it."""

from __future__ import annotations

import uuid

import pytest

from chatapp.accounts.models import User
from chatapp.characters.models import Character
from chatapp.conversations import path, turns
from chatapp.conversations.choosing import select
from chatapp.conversations.models import Message
from chatapp.conversations.opening import open_conversation
from chatapp.conversations.shown import shown

pytestmark = pytest.mark.django_db(transaction=True)
CARD = {
    "name": "Rook",
    "description": "A thief.",
    "first_mes": "{{user}}! {{char}} waited.",
    "alternate_greetings": ["Hush, {{user}}.", "", "*{{char}} nods.*"],
    "character_book": {
        "entries": [
            {
                "keys": ["vault"],
                "content": "@@is_greeting 1\nThe vault is open.",
                "enabled": True,
                "insertion_order": 1,
            }
        ]
    },
}


@pytest.fixture(name="rook")
def _rook(person: User) -> Character:
    return Character.objects.create(
        slug="u0123456789ab", name="Rook", owner=person, card=CARD
    )


def greetings(conversation_id: uuid.UUID) -> list[Message]:
    first = Message.objects.filter(conversation=conversation_id, parent=None)
    return list(first.order_by("created_at", "pk"))


def test_every_greeting_is_a_version_of_the_first_message(
    person: User, rook: Character
) -> None:
    conversation = open_conversation(person, rook, "character")
    first, second, third = greetings(conversation.pk)
    assert [m.text for m in (first, second, third)] == [
        "User! Rook waited.",
        "Hush, User.",
        "*Rook nods.*",
    ]
    assert conversation.leaf_id == first.pk
    (page,) = shown(conversation, [first])
    assert page.siblings == (first.pk, second.pk, third.pk)


def test_one_goes_on_behind_the_greeting_that_is_shown_and_can_come_back(
    person: User, rook: Character, key: uuid.UUID
) -> None:
    conversation = open_conversation(person, rook, "character")
    first, second, _ = greetings(conversation.pk)
    select(person, conversation, first.pk, second.pk)
    begun = turns.begin(person, conversation, "To the vault.", key)
    assert [m.content for m in begun.turn.history] == ["Hush, User."]
    assert [lore.content for lore in begun.turn.scene.lore] == ["The vault is open."]
    begun.generation.status = "complete"
    begun.generation.save(update_fields=["status"])

    select(person, conversation, second.pk, first.pk)
    again = turns.begin(person, conversation, "To the vault.", uuid.uuid4())
    assert [m.content for m in again.turn.history] == ["User! Rook waited."]
    assert again.turn.scene.lore == ()  # it belongs to the other greeting
    again.generation.status = "complete"
    again.generation.save(update_fields=["status"])

    select(person, conversation, first.pk, second.pk)
    assert conversation.leaf_id == begun.reply_message.pk
    assert path.place_of(conversation.pk, first.pk) is not None
    assert Message.objects.filter(conversation=conversation).count() == 3 + 4


def test_an_unused_conversation_greets_as_the_character_does_by_now(
    person: User, rook: Character
) -> None:
    conversation = open_conversation(person, rook, "character")
    first, second, _ = greetings(conversation.pk)
    select(person, conversation, first.pk, second.pk)
    again = open_conversation(person, rook, "character")
    assert (again.pk, again.leaf_id) == (conversation.pk, second.pk)

    rook.card = {**CARD, "first_mes": "New.", "alternate_greetings": []}
    rook.save()
    again = open_conversation(person, rook, "character")
    assert again.pk == conversation.pk
    assert [message.text for message in greetings(again.pk)] == ["New."]


def test_chance_in_a_greeting_falls_once_for_each_conversation(
    person: User, rook: Character
) -> None:
    rook.card = CARD | {"first_mes": "{{roll:900000000}}", "alternate_greetings": []}
    rook.save()
    said = []
    for _ in range(3):
        conversation = open_conversation(person, rook, "character")
        (greeting,) = greetings(conversation.pk)
        again = open_conversation(person, rook, "character")
        assert [m.pk for m in greetings(again.pk)] == [greeting.pk]
        said.append(greeting.text)
        begun = turns.begin(person, conversation, "Hello.", uuid.uuid4())
        begun.generation.status = "complete"
        begun.generation.save(update_fields=["status"])
    assert len(set(said)) == 3 and all(text.isdigit() for text in said)


def test_what_is_said_is_never_read_for_macros(
    person: User, rook: Character, key: uuid.UUID
) -> None:
    conversation = open_conversation(person, rook, "character")
    begun = turns.begin(person, conversation, "{{char}} is {{user}}", key)
    assert begun.turn.text == "{{char}} is {{user}}"
    message = begun.user_message
    assert message is not None
    assert message.text == "{{char}} is {{user}}"
