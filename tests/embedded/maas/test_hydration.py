"""A prompt's budget goes to what adds something."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from embedded.maas.hydration import fill, tokens_in
from embedded.maas.sessions import Item
from embedded.maas.text import read_query
from tests.embedded.maas.caller import Caller

QUERY = read_query("What should I cook for my sister's birthday?")


def _items(*contents: str) -> list[Item]:
    return [
        Item(uuid.UUID(int=number), content, 0.9 - 0.05 * number)
        for number, content in enumerate(contents)
    ]


def _told(budget: int, *contents: str) -> list[str]:
    return [item.content for item in fill(_items(*contents), QUERY, budget).items]


def test_the_aspects_of_a_query_come_before_more_of_the_same() -> None:
    told = _told(
        24,
        "User's sister Mara has her birthday in June.",
        "The birthday of User's sister Mara is in June.",
        "Mara, User's sister, has a June birthday.",
        "User likes to cook Thai curry.",
    )
    assert told == [
        "User's sister Mara has her birthday in June.",
        "User likes to cook Thai curry.",
    ]


def test_nothing_is_said_twice_though_there_is_room() -> None:
    told = _told(500, "User's sister is Mara.", "Mara is User's sister!", "User cooks.")
    assert len(told) == 2 and "User cooks." in told


def test_a_long_note_does_not_take_the_place_of_several() -> None:
    long = "User's sister Mara cooks. " + "And then there was much more to tell. " * 8
    short = ["User's sister is vegan.", "User cooks curry.", "Birthday cake is loved."]
    assert set(_told(90, long, *short)) >= set(short)


@given(
    st.lists(st.text(max_size=60), max_size=12),
    st.integers(min_value=1, max_value=120),
)
def test_the_budget_is_never_exceeded(contents: list[str], budget: int) -> None:
    notes = fill(_items(*contents), QUERY, budget)
    assert tokens_in(notes.text) <= budget
    assert len({item.atom_id for item in notes.items}) == len(notes.items)


async def test_a_block_of_korean_and_japanese_notes_stays_inside_its_budget(
    acme: Caller,
) -> None:
    anchor = await acme.anchor()
    contents = [
        *(
            "사용자는 비 오는 날 재즈 음악을 좋아한다.",
            "사용자는 재즈 피아노를 배운다.",
        ),
        *("ユーザーは雨の日のジャズが好きです。", "ユーザーは猫を飼っています。"),
    ]
    for content in contents:
        await acme.atom(anchor, content)
    for query, first in (
        ("재즈 음악 틀어줘", contents[0]),
        ("ジャズが聴きたい", contents[2]),
    ):
        body = {"anchor_ids": [anchor], "query": query, "token_budget": 30}
        text = (await acme.post("/v1/memory/hydrate", body)).json()["context_text"]
        assert text.splitlines()[0] == f"- {first}"
        assert len(text.encode("utf-16-le")) // 2 <= 30
