"""What is delicate is told by its words, in four languages; everyday facts are not."""

from __future__ import annotations

import pytest

from memory.sensitive import KINDS, kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("User is allergic to peanuts.", "health"),
        ("User was diagnosed with ADHD in May.", "health"),
        ("사용자는 당뇨가 있다.", "health"),
        ("ユーザーは糖尿病です。", "health"),
        ("用户有抑郁症。", "health"),
        ("User came out as bisexual last year.", "sexuality"),
        ("ユーザーは同性愛者です。", "sexuality"),
        ("User is a Catholic and goes to church on Sundays.", "religion"),
        ("사용자는 불교 신자다.", "religion"),
        ("User voted for the Greens.", "politics"),
        ("用户是共产党员。", "politics"),
        ("User has 40,000 in credit card debt.", "money"),
        ("사용자의 연봉은 5천만 원이다.", "money"),
        ("User's friend Ana is having an affair.", "secrets"),
        ("友達の秘密を聞いた。", "secrets"),
    ],
)
def test_a_delicate_fact_has_its_kind(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "User likes rainy jazz playlists.",
        "User's sister Marta plays the cello.",
        "User works nights at a bakery.",
        "User likes to vote in the song contest.",
        "User lives in Essex.",
        "User wants to pass the exam in May.",
        "User feels sad and tired today.",
        "사용자는 비 오는 날을 좋아한다.",
        "ユーザーは猫を飼っている。",
        "用户喜欢下雨天。",
        "",
    ],
)
def test_an_everyday_fact_has_none(text: str) -> None:
    assert kind_of(text) == ""


def test_width_and_case_hide_nothing() -> None:
    assert kind_of("I HAVE ＤＩＡＢＥＴＥＳ") == "health"


def test_the_quote_counts_as_much_as_the_statement() -> None:
    assert kind_of("User takes it every morning.", "I take my insulin") == "health"


def test_there_are_six_kinds() -> None:
    assert list(KINDS) == [
        "health", "sexuality", "religion", "politics", "money", "secrets",
    ]  # fmt: skip
