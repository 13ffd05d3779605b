"""What may go into the prompt, and that a service that is away stops nothing."""

from __future__ import annotations

import pytest

from memory.errors import (
    BillingBlocked,
    MemoryAPIError,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRateLimited,
    MemoryUnavailable,
)
from memory.recall import (
    OVERFETCH,
    QUERY_CHARS,
    Fate,
    Known,
    State,
    Trusting,
    reason,
    recall,
    shorten,
)
from tests.memory.doubles import FakeLedger, FakeMemory

TEA = ("a1", "User likes tea.")
CAT = ("a2", "User has a cat.")
FATHER = Known("a3", "Not about father.", "boundary", 0.95)


def known(atom_id: str, state: State = "live") -> Known:
    return Known(atom_id, "", "preference", 0.8, state)


async def test_a_live_atom_is_usable_with_what_the_ledger_knows() -> None:
    memory = FakeMemory(TEA)
    found = await recall(
        "anchor", "tea?", memory=memory, ledger=FakeLedger(known("a1"))
    )
    (atom,) = found.usable
    assert (atom.atom_id, atom.content) == TEA
    assert (atom.atom_type, atom.confidence) == ("preference", 0.8)
    assert (atom.score, atom.rank, atom.recalled, atom.carried) == (0.9, 1, True, False)
    assert found.session_id == "session-1"
    assert found.failure is None
    assert found.seconds > 0


async def test_it_asks_for_more_than_it_wants_within_the_deadline() -> None:
    memory = FakeMemory()
    await recall(
        "anchor", "tea?", memory=memory, ledger=Trusting(), limit=5, deadline=0.3
    )
    (call,) = memory.history
    assert call.body == {"anchor_id": "anchor", "query": "tea?", "limit": 5 * OVERFETCH}
    assert call.deadline == 0.3
    assert call.retries == 0


@pytest.mark.parametrize("state", ["withdrawn", "forgotten"])
async def test_what_is_not_live_is_never_used(state: State) -> None:
    ledger = FakeLedger(known("a1", state), known("a2"))
    found = await recall("anchor", "q", memory=FakeMemory(TEA, CAT), ledger=ledger)
    assert [atom.fate for atom in found.atoms] == [state, ""]
    assert [atom.atom_id for atom in found.usable] == ["a2"]


@pytest.mark.parametrize(("admit", "fate"), [(False, "foreign"), (True, "")])
async def test_an_unknown_atom_is_foreign_unless_admitted(
    admit: bool, fate: Fate
) -> None:
    found = await recall(
        "anchor",
        "q",
        memory=FakeMemory(TEA),
        ledger=FakeLedger(),
        admit_foreign=admit,
    )
    assert [atom.fate for atom in found.atoms] == [fate]


async def test_without_a_ledger_everything_recalled_may_be_used() -> None:
    found = await recall("anchor", "q", memory=FakeMemory(TEA, CAT), ledger=Trusting())
    assert [(a.atom_id, a.atom_type, a.confidence) for a in found.usable] == [
        ("a1", "", None),
        ("a2", "", None),
    ]


async def test_carried_atoms_come_first_and_are_not_recalled() -> None:
    ledger = FakeLedger(known("a1"), carried=[FATHER])
    found = await recall("anchor", "q", memory=FakeMemory(TEA), ledger=ledger)
    first, second = found.usable
    assert (first.atom_id, first.recalled, first.carried) == ("a3", False, True)
    assert (first.score, first.rank, first.content) == (None, 0, FATHER.content)
    assert (second.atom_id, second.recalled, second.carried) == ("a1", True, False)


async def test_a_carried_atom_that_was_recalled_too_is_one_atom_and_both() -> None:
    ledger = FakeLedger(known("a1"), carried=[FATHER, FATHER])
    memory = FakeMemory(TEA, ("a3", "Not about father."), TEA)
    found = await recall("anchor", "q", memory=memory, ledger=ledger)
    assert [(a.atom_id, a.recalled, a.carried, a.rank) for a in found.usable] == [
        ("a3", True, True, 2),
        ("a1", True, False, 1),
    ]
    assert found.usable[0].atom_type == "boundary"


async def test_forgotten_meanwhile_wins_over_carried() -> None:
    ledger = FakeLedger(known("a3", "forgotten"), carried=[FATHER])
    memory = FakeMemory(("a3", "Not about father."))
    found = await recall("anchor", "q", memory=memory, ledger=ledger)
    assert found.usable == ()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (MemoryUnavailable("t"), "the memory service did not answer in time"),
        (MemoryRateLimited("t"), "the memory service is busy"),
        (BillingBlocked("t"), BillingBlocked.default_user_message),
        (MemoryNotFound("t"), MemoryNotFound.default_user_message),
        (MemoryProtocolError("t"), MemoryProtocolError.default_user_message),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_service_that_fails_leaves_only_the_carried_atoms(
    failure: MemoryAPIError, words: str
) -> None:
    memory = FakeMemory(TEA)
    memory.fail("/v1/recall", failure)
    ledger = FakeLedger(known("a1"), carried=[FATHER])
    found = await recall("anchor", "q", memory=memory, ledger=ledger)
    assert found.failure is failure
    assert found.session_id is None
    assert [atom.atom_id for atom in found.usable] == ["a3"]
    assert reason(failure) == words


async def test_without_an_anchor_nobody_is_asked() -> None:
    memory = FakeMemory()
    found = await recall(None, "q", memory=memory, ledger=FakeLedger(carried=[FATHER]))
    assert memory.history == []
    assert found.failure is None
    assert [atom.atom_id for atom in found.usable] == ["a3"]


def test_a_long_message_is_searched_by_both_its_ends() -> None:
    assert shorten("short") == "short"
    query = shorten("a" * 5_000 + "b" * 5_000)
    assert query == "a" * (QUERY_CHARS // 2) + "\n" + "b" * (QUERY_CHARS // 2)
