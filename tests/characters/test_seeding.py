"""The built-in characters: distinct, complete, and drawn."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders

from chatapp.characters.cards import cards
from chatapp.characters.models import Character
from chatapp.characters.seeding import seed, seed_characters

pytestmark = pytest.mark.django_db


def test_there_are_four_or_more_and_each_is_complete() -> None:
    assert seed_characters() >= 4
    for character in Character.objects.all():
        assert character.persona
        assert character.greeting
        assert character.starters
        assert len(character.tagline) <= 70
        assert finders.find(character.avatar), character.avatar


def test_no_two_share_a_voice_or_a_colour() -> None:
    seed_characters()
    assert Character.objects.values("persona").distinct().count() == len(
        cards(AnonymousUser())
    )
    assert Character.objects.values("hue").distinct().count() == len(
        cards(AnonymousUser())
    )


def test_seeding_again_updates_and_adds_nobody() -> None:
    count = seed_characters()
    Character.objects.update(tagline="changed")
    seed_characters()
    assert Character.objects.count() == count
    assert not Character.objects.filter(tagline="changed").exists()


def test_a_card_without_a_persona_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="aria.*persona"):
        seed({"slug": "aria", "name": "Aria", "accent": 10})
