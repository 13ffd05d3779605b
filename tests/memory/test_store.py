"""Each atom is stored with its tags, once, also when a run was cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.errors import MemoryNotFound
from memory.extract import Candidate
from memory.recall import Known
from memory.store import Entry, Scope, find, store
from tests.memory.doubles import FakeLedger, FakeMemory

SCOPE = Scope("anchor", "user-7", "conversation-1")
CONTENT = "User feels sad about the cat."
ENTRY = Entry(
    "ref-0",
    Candidate("emotional_state", CONTENT, 0.7, "I'm sad", "user", "chat-log"),
)


async def test_an_atom_is_stored_with_its_tags() -> None:
    memory = FakeMemory()
    assert await store(ENTRY, SCOPE, memory=memory) == "stored-0"
    assert memory.asked("/v1/atoms") == [
        {
            "anchor_id": "anchor",
            "content": CONTENT,
            "source_type": "chat-log",
            "metadata": {
                "atom_type": "emotional_state",
                "user_external_id": "user-7",
                "session_id": "conversation-1",
                "confidence": 0.7,
                "client_ref": "ref-0",
            },
            "chunking": {"enabled": False},
        }
    ]


@pytest.mark.parametrize(
    ("there", "taken", "found"),
    [
        ([], [], None),
        ([("x", "User feels sad.")], [], None),
        ([("x", CONTENT)], [], "x"),
        ([("x", CONTENT)], ["x"], None),
        ([("x", CONTENT), ("y", CONTENT)], ["x"], "y"),
    ],
    ids=["nothing", "another", "it", "another entry's", "the second"],
)
async def test_only_exactly_this_content_that_nobody_owns_is_adopted(
    there: list[tuple[str, str]], taken: list[str], found: str | None
) -> None:
    ledger = FakeLedger(*(Known(atom_id, CONTENT) for atom_id in taken))
    memory = FakeMemory(*there)
    assert await find(ENTRY, SCOPE, memory=memory, ledger=ledger) == found
    assert memory.asked("/v1/recall")[0]["query"] == CONTENT


async def test_without_a_ledger_exactly_this_content_is_adopted() -> None:
    memory = FakeMemory(("x", CONTENT))
    assert await find(ENTRY, SCOPE, memory=memory, ledger=None) == "x"


async def test_an_anchor_that_is_gone_is_said_so() -> None:
    memory = FakeMemory()
    memory.anchors.clear()
    with pytest.raises(MemoryNotFound):
        await store(ENTRY, SCOPE, memory=memory)


async def test_an_atom_says_what_it_is_true_instead_of() -> None:
    memory = FakeMemory()
    await store(replace(ENTRY, supersedes=("old-1", "old-2")), SCOPE, memory=memory)
    tags = memory.asked("/v1/atoms")[0]["metadata"]
    assert isinstance(tags, dict)
    assert tags["supersedes"] == ["old-1", "old-2"]


async def test_an_atom_of_a_role_says_whose_it_is() -> None:
    memory = FakeMemory()
    told = replace(ENTRY.candidate, realm="role", role="role-1")
    await store(replace(ENTRY, candidate=told), SCOPE, memory=memory)
    tags = memory.asked("/v1/atoms")[0]["metadata"]
    assert isinstance(tags, dict)
    assert (tags["realm"], tags["role"]) == ("role", "role-1")
