"""What a text is compared by."""

from __future__ import annotations

import pytest

from embedded.maas.text import meaning_line, read_query, terms_of, tokens_of


def test_words_are_cut_to_their_stems_without_function_words() -> None:
    assert terms_of(tokens_of("User likes the rainy jazz playlists.")) == [
        *("raini", "jazz", "playlist"),
    ]


def test_a_possessive_is_its_word() -> None:
    assert tokens_of("User\u2019s sister, Mara's wedding") == [
        "sister",
        "mara",
        "wedding",
    ]


def test_prefix_lengths_stay_numbers() -> None:
    assert terms_of(tokens_of("hosts in a /24")) == ["host", "24"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        pytest.param("음악을 좋아한다", "음악", id="korean-noun-without-ending"),
        pytest.param("猫を飼っています", "猫", id="single-ideograph"),
        pytest.param("ジャズが好き", "ジャ", id="katakana-pair"),
        pytest.param("Ｊａｚｚ", "jazz", id="full-width"),
    ],
)
def test_scripts_without_spaces_meet_by_their_characters(text: str, term: str) -> None:
    assert term in terms_of(tokens_of(text))


@pytest.mark.parametrize(
    "text",
    ["hello", "OK!", "haha, thanks :)", "はい、ありがとう", "네 고마워요", "...", "👍"],
)
def test_small_talk_asks_nothing(text: str) -> None:
    query = read_query(text)
    assert (len(query.terms), query.lines, query.overview) == (0, [], False)


def test_asking_what_is_remembered_asks_for_everything() -> None:
    assert read_query("What do you remember about me?").overview
    assert not read_query("Do you remember my dog?").overview


def test_a_verb_that_leaves_its_subject_unsaid_brings_it_along() -> None:
    assert read_query("What should we listen to tonight?").lines == ["listen music"]


def test_a_long_message_is_also_compared_by_its_sentences() -> None:
    query = read_query("My dog ran away yesterday. The cello lesson was fine, though!")
    assert query.lines == ["dog ran cello lesson", "dog ran", "cello lesson"]


def test_a_statement_of_function_words_still_has_a_meaning() -> None:
    assert meaning_line("User is here.") == "User is here."
