"""What a prompt reads of a character, built in or somebody's card."""

from __future__ import annotations

from typing import Any

from chatapp.characters.definition import definition, of_card
from chatapp.characters.models import Character
from chatapp.characters.stage import Role, greetings


def test_a_built_in_character_is_its_persona_and_greeting() -> None:
    said = definition(
        Character(name="Aria", persona="Sings.", greeting="Hi.", description="For you.")
    )
    assert (said.name, said.description, said.first_mes) == ("Aria", "Sings.", "Hi.")
    assert said.creator_notes == "For you."
    assert said.book is None


def test_a_card_is_read_field_by_field() -> None:
    book: dict[str, Any] = {"extensions": {}, "entries": []}
    said = of_card(
        {
            "name": "Beatrix",
            "nickname": "Bea",
            "alternate_greetings": ["One.", "Two."],
            "character_book": book,
            "tags": ["Sea"],
        }
    )
    assert (said.called, said.alternate_greetings) == ("Bea", ("One.", "Two."))
    assert said.book == book
    assert said.tags == ("Sea",)


def test_what_is_no_text_reads_as_nothing() -> None:
    said = of_card(
        {"personality": None, "scenario": 3, "tags": [1, "a"], "character_book": []},
        name="Bea",
    )
    assert (said.called, said.personality, said.scenario) == ("Bea", "", "")
    assert said.tags == ("a",)
    assert said.book is None


def test_a_greeting_for_groups_is_none_of_a_chat_for_two() -> None:
    card = {
        "name": "Vane",
        "first_mes": "Ahoy.",
        "alternate_greetings": ["Evening."],
        "group_only_greetings": ["Ahoy, all of you!"],
    }
    assert greetings(of_card(card), Role()) == ["Ahoy.", "Evening."]
