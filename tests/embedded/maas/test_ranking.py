"""What comes first, what comes once, and what does not come at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.embedded.maas.caller import Caller

GREETINGS = [
    *("hello", "Hi!", "good morning", "how are you?", "What's up?", "Thanks, bye"),
    *("안녕하세요", "안녕!", "좋은 아침이에요", "잘 지냈어?", "고마워요"),
    *("こんにちは", "おはようございます", "お元気ですか？", "ありがとう", "またね"),
    *("你好", "您好！", "早上好", "最近怎么样？", "谢谢", "晚安"),
]


async def _told(acme: Caller, anchor: str, query: str, limit: int = 10) -> list[str]:
    found = await acme.recall(anchor, query, limit=limit)
    return [item["content"] for item in found["items"]]


async def _said(acme: Caller, anchor: str, *lines: str, **metadata: Any) -> None:
    for line in lines:
        await acme.atom(
            anchor, line, **{"session_id": "one", "role": "user", **metadata}
        )


@pytest.mark.parametrize("greeting", GREETINGS, ids=str)
async def test_a_greeting_recalls_nothing(acme: Caller, greeting: str) -> None:
    anchor = await acme.anchor()
    for content in (
        *("User says hello to the neighbours.", "User likes good coffee."),
        *("사용자는 아침에 커피를 마신다.", "사용자는 잘 지내고 있다."),
        *("ユーザーは元気な犬を飼っています。", "ユーザーは朝に走ります。"),
        *("用户早上喝咖啡。", "用户最近在学习游泳。"),
    ):
        await acme.atom(anchor, content)
    assert await _told(acme, anchor, greeting) == []


async def test_near_duplicates_come_once_and_differences_stay(acme: Caller) -> None:
    anchor = await acme.anchor()
    for content in (
        "User likes jazz.",
        "the user really likes jazz",
        "User does not like jazz.",
        "User likes 2 jazz clubs.",
        "User likes 3 jazz clubs.",
    ):
        await acme.atom(anchor, content)
    told = await _told(acme, anchor, "jazz")
    assert len(told) == 4
    assert {"User does not like jazz.", "User likes 2 jazz clubs."} <= set(told)


async def test_what_was_replaced_comes_below_its_successor_and_is_not_lost(
    acme: Caller,
) -> None:
    anchor = await acme.anchor()
    old = await acme.atom(anchor, "User lives in Leeds near the old market.")
    new = await acme.atom(anchor, "User lives in Lisbon.", supersedes=old)
    await acme.atom(anchor, "User moved house again, to Porto.", supersedes=[new])
    for query in ("Is Leeds far away?", "Where does the user live?", "Leeds market"):
        told = await _told(acme, anchor, query)
        cities = [next(c for c in ("Leeds", "Lisbon", "Porto") if c in t) for t in told]
        assert cities == ["Porto", "Lisbon", "Leeds"], query


async def test_a_replacement_of_something_unknown_is_an_atom_like_any(
    acme: Caller,
) -> None:
    anchor = await acme.anchor()
    await acme.atom(anchor, "User likes tea.", supersedes="no id")
    gone = await acme.atom(anchor, "User likes coffee.")
    await acme.delete(f"/v1/atoms/{gone}")
    await acme.atom(anchor, "User likes green tea.", supersedes=gone)
    assert len(await _told(acme, anchor, "tea")) == 2


async def test_an_answer_is_found_by_the_question_before_it(acme: Caller) -> None:
    anchor = await acme.anchor()
    await _said(acme, anchor, "What is your sister's name?", "Mara, why do you ask?")
    await _said(acme, anchor, "Rain again.", session_id="two")
    told = await _told(acme, anchor, "What is her sister called?")
    assert told == ["What is your sister's name?", "Mara, why do you ask?"] or told == [
        "Mara, why do you ask?",
        "What is your sister's name?",
    ]


async def test_statements_that_are_no_messages_have_no_neighbours(acme: Caller) -> None:
    anchor = await acme.anchor()
    for content in ("User has a sister.", "User plays the cello."):
        await acme.atom(anchor, content, session_id="one")
    assert await _told(acme, anchor, "sister") == ["User has a sister."]


async def test_who_is_named_is_who_said_it(acme: Caller) -> None:
    anchor = await acme.anchor()
    for name in ("Mara", "Jon"):
        for line in ("I went hiking in the hills.", "The weather was nice."):
            await _said(acme, anchor, f"{name}: {line}", speaker=name, session_id=name)
    for name in ("Jon", "Mara"):
        told = await _told(acme, anchor, f"Where did {name} go hiking?")
        assert told[0].startswith(name)


async def test_when_is_answered_by_what_names_a_time(acme: Caller) -> None:
    anchor = await acme.anchor()
    await acme.atom(anchor, "User adopted the cat, a wonderful and shy animal.")
    await acme.atom(anchor, "User adopted the cat, a present of last December.")
    told = await _told(acme, anchor, "When did the user adopt the cat?")
    assert told[0].endswith("December.")


async def test_a_date_told_beside_a_message_is_found_by_its_month(acme: Caller) -> None:
    anchor = await acme.anchor()
    for month, year in ((4, 2023), (5, 2023), (5, 2024)):
        await _said(
            acme,
            anchor,
            f"I ran a race, number {month} of {year - 2000}.",
            occurred_at=f"{year}-{month:02}-08T13:56:00",
            session_id=f"{year}-{month}",
        )
    told = await _told(acme, anchor, "Which race was it in May 2024?")
    assert told[0] == "I ran a race, number 5 of 24."
