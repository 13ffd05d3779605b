"""What the documentation says in sentences, at every target that promises it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conformance.cases import ANCHORS, ATOMS, HYDRATE, INGEST, RECALL, RECALL_USER
from tests.conformance.target import FINDABLE_S, Target
from tests.harness.waiting import eventually

SHELF = [
    "The user keeps bees behind the house.",
    "The user keeps bees and sells honey in autumn.",
    "The user's bees came from a neighbour.",
    "One hive of bees was lost in a storm.",
]


async def _anchor(target: Target, lane: str) -> str:
    body = {"name": "Rules", "metadata": {"lane": f"{{run}}:{lane}"}}
    return str((await target.post(ANCHORS, body)).json()["anchor_id"])


async def _store(target: Target, anchor: str, content: str, **more: Any) -> list[str]:
    body = {"anchor_id": anchor, "content": content, "source_type": "prd", **more}
    answer = await target.post(ATOMS, body)
    assert answer.status_code == httpx.codes.OK, answer.text
    assert answer.json()["stored_count"] == len(answer.json()["atom_ids"])
    return list(answer.json()["atom_ids"])


async def _recall(target: Target, anchor: str, query: str, **more: Any) -> list[Any]:
    body = {"anchor_id": anchor, "query": query, **more}
    return list((await target.post(RECALL, body)).json()["items"])


async def _found(target: Target, anchor: str, query: str) -> list[Any]:
    """What is recalled, once anything is."""
    found: list[Any] = await eventually(
        lambda: _recall(target, anchor, query), f"{query} is found", within=FINDABLE_S
    )
    return found


async def test_a_limit_is_kept_and_the_best_comes_first(target: Target) -> None:
    anchor = await _anchor(target, "limit")
    for content in SHELF:
        await _store(target, anchor, content)
    all_of_it = await _found(target, anchor, "honey bees")
    scores = [item["score"] for item in all_of_it]
    assert scores == sorted(scores, reverse=True)
    assert len(await _recall(target, anchor, "honey bees", limit=2)) <= 2


async def test_notes_stay_within_the_budget_and_name_their_atoms(
    target: Target,
) -> None:
    anchor = await _anchor(target, "budget")
    known = {(await _store(target, anchor, content))[0]: content for content in SHELF}
    await _found(target, anchor, "bees")
    for budget in (1, 20, 500):
        body = {"anchor_ids": [anchor], "query": "bees", "token_budget": budget}
        notes = (await target.post(HYDRATE, body)).json()
        words = notes["context_text"].split()
        assert len(words) <= budget
        assert set(notes["used_atom_ids"]) <= set(known)
        assert all(known[i] in notes["context_text"] for i in notes["used_atom_ids"])


async def test_confidence_and_both_storage_lanes_are_taken(target: Target) -> None:
    anchor = await _anchor(target, "fields")
    await _store(target, anchor, "Sure of the bees.", confidence=0.82)
    await _store(target, anchor, "Less sure.", metadata={"confidence": 0.4})
    body = {"anchor_id": anchor, "content": "Just said.", "source_type": "chat-log"}
    assert (await target.post(ATOMS, body)).status_code == httpx.codes.OK


async def test_chunking_is_the_callers_choice(target: Target) -> None:
    anchor = await _anchor(target, "chunks")
    long = " ".join(f"Sentence {n} is about hive {n}." for n in range(400))
    assert len(await _store(target, anchor, long, chunking={"enabled": False})) == 1
    parts = await _store(target, anchor, long, chunking={"enabled": True})
    assert len(parts) > 1


async def test_what_was_said_can_be_recalled_by_person(target: Target) -> None:
    body = {
        "user_external_id": "{run}-bees",
        "session_id": "{run}-1",
        "messages": [
            {"role": "system", "content": "You are a hive inspector."},
            {"role": "user", "content": "My bees swarmed on Sunday."},
            {"role": "assistant", "content": "Did you catch the swarm of bees?"},
        ],
    }
    assert (await target.post(INGEST, body)).status_code == httpx.codes.OK
    asked = {"user_external_id": "{run}-bees", "query": "When did the bees swarm?"}

    async def found() -> list[Any]:
        return list((await target.post(RECALL_USER, asked)).json()["items"])

    items: list[Any] = await eventually(found, "the swarm", within=FINDABLE_S)
    contents = [item["content"] for item in items]
    assert "My bees swarmed on Sunday." in contents
    assert not any("inspector" in content for content in contents)


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ("사용자는 주말마다 할머니와 김치를 담근다.", "김치는 누구와 담가요?"),
        ("ユーザーは毎朝、港まで犬と散歩する。", "犬とどこへ散歩しますか？"),
    ],
    ids=["Korean", "Japanese"],
)
async def test_memories_are_found_in_their_own_language(
    target: Target, content: str, query: str
) -> None:
    anchor = await _anchor(target, query[:4])
    await _store(target, anchor, content)
    await _store(target, anchor, "The user collects stamps.")
    best = await _found(target, anchor, query)
    assert best[0]["content"] == content
