"""Which notes matter to a message."""

from __future__ import annotations

import pytest

from embedded.llm.prompt import read_prompt
from embedded.llm.recollect import recollect
from embedded.llm.wire import ChatMessage
from tests.embedded.llm.prompts import EVERYTHING, system_of, with_memory

MARTA = "[m7] relationship_event, confidence 0.9: User's sister Marta plays the cello."
KOREAN = "[m8] preference, confidence 0.9: 사용자는 재즈 음악을 좋아한다."


def used(said: str, *notes: str) -> set[str]:
    messages = (
        ChatMessage("system", system_of("Des Quaye")),
        ChatMessage("user", with_memory(said, notes or EVERYTHING)),
    )
    memory = recollect(read_prompt(messages))
    return {note.marker for note in (*memory.used, *memory.touched)}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("What should I listen to tonight?", {"m1"}),
        ("Make me a playlist.", {"m1"}),
        ("What should I do tonight?", {"m1", "m5"}),
        ("Any music for a rainy day?", {"m1"}),
        ("What shall I cook for dinner?", {"m6"}),
        ("My sister is driving me mad.", {"m3"}),
        ("What should I wear to the wedding?", {"m3"}),
        ("I am exhausted.", {"m4"}),
        ("Where were we last time?", {"m5"}),
        ("Which film should I watch?", {"m5"}),
        ("My dad called.", {"m2"}),
        ("Hello!", set()),
        ("ok", set()),
        ("Good night!", set()),
        ("How many moons does Jupiter have?", set()),
        ("I had a strange meeting with my landlord.", set()),
        ("What is your name?", set()),
        ("What do you remember about me?", {"m1", "m3", "m4", "m5"}),
        ("Do you remember what I like to listen to?", {"m1"}),
    ],
)
def test_a_note_is_used_when_words_or_concepts_meet(
    said: str, expected: set[str]
) -> None:
    assert used(said) == expected


def test_a_question_about_one_fact_takes_only_that_fact() -> None:
    others = [note for note in EVERYTHING if "Mina" not in note]
    assert used("What instrument does my sister play?", MARTA, *others) == {"m7"}


def test_korean_notes_are_found_by_korean_words() -> None:
    assert used("오늘 밤에 들을 음악 추천해 줘", KOREAN, *EVERYTHING[1:]) == {"m8"}
