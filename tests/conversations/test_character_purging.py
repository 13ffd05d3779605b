"""A deleted character is purged when its time is over, and conversations go on."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.characters import authored
from chatapp.characters.kept import CharacterVersion, Favourite
from chatapp.characters.models import Character, Image, Persona
from chatapp.conversations.character_purging import purge_due
from chatapp.conversations.models import Message
from chatapp.conversations.opening import open_conversation
from chatapp.memories.models import Atom
from tests.conversations.test_purging import remember
from tests.conversations.tree import say, texts

pytestmark = pytest.mark.django_db


def picture(owner: User, letter: str) -> Image:
    return Image.objects.create(
        owner=owner,
        sha256=letter * 64,
        mime="image/webp",
        data=letter.encode(),
        width=1,
        height=1,
    )


@pytest.fixture
def vane(person: User) -> Character:
    """A character with two versions and a picture for each."""
    card = dict(authored.EMPTY) | {"name": "Vane", "first_mes": "Ahoy."}
    first, second = picture(person, "a"), picture(person, "b")
    made = authored.create(person, card, first, uuid.uuid4())
    newer = card | {"description": "A captain."}
    return authored.save(person, made.slug, newer, second, number=1)


def time_passes(days: int = 8) -> int:
    Character.objects.filter(deleted_at__isnull=False).update(
        deleted_at=timezone.now() - timedelta(days=days)
    )
    return purge_due()


def test_one_that_nobody_talks_to_goes_with_versions_and_pictures(
    person: User, vane: Character
) -> None:
    Favourite.objects.create(user=person, character=vane)
    authored.delete(person, vane.slug)
    assert time_passes(days=6) == 0
    assert time_passes() == 1
    assert not Character.objects.filter(pk=vane.pk).exists()
    assert not CharacterVersion.objects.exists()
    assert not Favourite.objects.exists()
    assert not Image.objects.exists()
    assert time_passes() == 0


def test_conversations_with_it_go_on_and_remember(
    person: User, vane: Character
) -> None:
    talk = open_conversation(person, vane, "character")
    say(talk, "I love rain.")
    remember(Message.objects.get(text="I love rain."), "User loves rain.")
    authored.delete(person, vane.slug)
    assert time_passes() == 1
    kept = Character.objects.get(pk=vane.pk)
    assert kept.card["description"] == "A captain."
    assert kept.image is not None and bytes(kept.image.data) == b"b"
    assert Image.objects.count() == 1
    assert not CharacterVersion.objects.exists()
    say(talk, "Still there?", "Aye.")
    assert texts(talk)[-1] == "Aye."
    assert Atom.objects.get().state == "saved"
    assert time_passes() == 0


def test_a_picture_that_something_else_shows_stays(
    person: User, vane: Character
) -> None:
    copy = authored.duplicate(person, vane)
    Persona.objects.create(owner=person, name="Me", image=picture(person, "c"))
    Character.objects.filter(pk=vane.pk).update(image=Persona.objects.get().image)
    authored.delete(person, vane.slug)
    time_passes()
    assert {bytes(image.data) for image in Image.objects.all()} == {b"b", b"c"}
    copy.refresh_from_db()
    assert copy.image is not None


def test_what_was_brought_back_in_time_is_not_purged(
    person: User, vane: Character
) -> None:
    authored.delete(person, vane.slug)
    assert [gone.pk for gone in authored.deleted_lately(person)] == [vane.pk]
    assert authored.undelete(person, vane.slug)
    assert time_passes() == 0
    assert CharacterVersion.objects.count() == 2


def test_what_was_purged_can_not_be_brought_back_and_is_not_offered(
    person: User, vane: Character, settings: Settings
) -> None:
    open_conversation(person, vane, "character")
    authored.delete(person, vane.slug)
    settings.DELETED_CHARACTER_DAYS = 0
    assert not authored.deleted_lately(person)
    assert purge_due() == 1
    assert not authored.undelete(person, vane.slug)
    assert not Character.objects.filter(pk=vane.pk, deleted_at=None).exists()
