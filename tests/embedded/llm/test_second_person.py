"""Memory sentences as they are said to the person."""

from __future__ import annotations

import pytest

from embedded.llm.second_person import second_person


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        ("User likes rainy jazz playlists.", "you like rainy jazz playlists"),
        (
            "User's sister Mina is getting married in June.",
            "your sister Mina is getting married in June",
        ),
        (
            "User does not want to talk about their father.",
            "you do not want to talk about your father",
        ),
        ("User is allergic to peanuts.", "you are allergic to peanuts"),
        ("User never watches horror films.", "you never watch horror films"),
        ("User has a cat and loves it.", "you have a cat and love it"),
        ("User studies law.", "you study law"),
        (
            "Learner understands subnet masks but still misses CIDR notation.",
            "you understand subnet masks but still miss CIDR notation",
        ),
        ("Learner still confuses TCP and UDP.", "you still confuse TCP and UDP"),
        ("User asked to continue the film.", "you asked to continue the film"),
    ],
)
def test_the_person_is_addressed_with_the_memory_s_own_words(
    content: str, clause: str
) -> None:
    assert second_person(content) == clause


def test_a_sentence_about_somebody_else_is_not_turned() -> None:
    assert second_person("사용자는 재즈를 좋아한다.") is None
    assert second_person("Des was born in Kumasi.") is None
