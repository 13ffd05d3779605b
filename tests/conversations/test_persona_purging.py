"""A deleted persona is purged when its time is over; what it said keeps its name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.characters import personas
from chatapp.characters.models import Image, Persona, PersonaChoice
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.persona_purging import purge_due
from chatapp.memories.slips import slip_of
from tests.conversations.test_character_purging import picture
from tests.conversations.tree import messages_of, say
from tests.memories.remembering import remember

pytestmark = pytest.mark.django_db


@pytest.fixture
def vane(person: User, conversation: Conversation) -> Persona:
    """The default, with a picture, and as whom the person speaks."""
    made = personas.create(
        person,
        name="Captain Vane",
        description="A smuggler of forty.",
        is_role=True,
        is_default=True,
        image=picture(person, "a"),
    )
    conversation.persona = made
    conversation.save(update_fields=["persona"])
    personas.choose(person, conversation.character, made)
    return made


def time_passes(days: int = 8) -> int:
    Persona.objects.filter(deleted_at__isnull=False).update(
        deleted_at=timezone.now() - timedelta(days=days)
    )
    return purge_due()


def test_one_that_never_spoke_goes_with_its_picture(
    person: User, vane: Persona, conversation: Conversation
) -> None:
    personas.delete(person, vane.pk)
    assert time_passes(days=6) == 0
    assert list(personas.deleted_lately(person)) == [vane]
    assert time_passes() == 1
    assert not Persona.objects.exists()
    assert not Image.objects.exists()
    assert not PersonaChoice.objects.exists()
    conversation.refresh_from_db()
    assert conversation.persona is None
    assert time_passes() == 0


def test_what_was_said_and_remembered_as_it_keeps_its_name_and_nothing_else(
    person: User, vane: Persona, conversation: Conversation
) -> None:
    say(conversation, "I love rum.")
    rum = Message.objects.get(text="I love rum.")
    atom = remember(conversation, "Vane loves rum.", message=rum, role=vane.pk)
    personas.delete(person, vane.pk)
    assert time_passes() == 1
    vane.refresh_from_db()
    assert (vane.name, vane.description, vane.image) == ("Captain Vane", "", None)
    assert not Image.objects.exists()
    said = [each.speaker for each in messages_of(conversation) if each.role == "user"]
    assert said == ["Captain Vane"]
    assert slip_of(atom).role == "Captain Vane"
    conversation.refresh_from_db()
    say(conversation, "And now as myself.")
    assert Message.objects.get(text="And now as myself.").persona is None
    assert time_passes() == 0


def test_a_memory_alone_keeps_the_name_too(
    person: User, vane: Persona, conversation: Conversation
) -> None:
    atom = remember(conversation, "Vane loves rum.", role=vane.pk)
    personas.delete(person, vane.pk)
    assert time_passes() == 1
    assert slip_of(atom).role == "Captain Vane"


def test_what_was_brought_back_in_time_is_not_purged(
    person: User, vane: Persona
) -> None:
    personas.delete(person, vane.pk)
    assert personas.undelete(person, vane.pk)
    assert time_passes() == 0
    assert list(personas.personas_of(person)) == [vane]


def test_what_was_purged_can_not_be_brought_back_and_is_not_offered(
    person: User, vane: Persona, conversation: Conversation, settings: Settings
) -> None:
    say(conversation, "I love rum.")
    personas.delete(person, vane.pk)
    settings.DELETED_CHARACTER_DAYS = 0
    assert not personas.deleted_lately(person)
    assert purge_due() == 1
    assert not personas.undelete(person, vane.pk)
    assert not personas.personas_of(person)


def test_a_picture_that_another_one_shows_stays(person: User, vane: Persona) -> None:
    personas.create(
        person,
        name="Vane at sea",
        description="",
        is_role=True,
        is_default=False,
        image=vane.image,
    )
    personas.delete(person, vane.pk)
    assert time_passes() == 1
    assert Image.objects.count() == 1
