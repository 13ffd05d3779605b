"""fed back <= verified <= injected, and only what this recall returned."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.errors import (
    AccessDenied,
    BadMemoryRequest,
    BillingBlocked,
    MemoryAPIError,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRateLimited,
    MemoryUnavailable,
)
from memory.evaluate import AtomVerdict, Verdict
from memory.feedback import NO_ANSWER, UNCITED, Feedback, due, feed_back
from memory.recall import Recollection, Remembered
from tests.memory.doubles import FakeMemory

PATH = "/v1/feedback"


def verdict(*verified: str, unverified: tuple[str, ...] = ()) -> Verdict:
    atoms = [
        AtomVerdict(i, "m1", cited=True, support=1, used=True, verified=ok, reason="")
        for ids, ok in ((verified, True), (unverified, False))
        for i in ids
    ]
    return Verdict(final=True, reason="", atoms=tuple(atoms))


def recollection(*ids: str, carried: tuple[str, ...] = ()) -> Recollection:
    recalled = [Remembered(i, i, recalled=True) for i in ids]
    return Recollection((*recalled, *(Remembered(i, i) for i in carried)), "s1")


async def test_exactly_the_verified_atoms_are_fed_back() -> None:
    memory = FakeMemory()
    sent = await feed_back(
        verdict("a1", "a3", unverified=("a2",)),
        recollection("a1", "a2", "a3"),
        memory=memory,
    )
    assert sent == Feedback("sent", ("a1", "a3"))
    assert memory.asked(PATH) == [
        {"session_id": "s1", "success": True, "used_memory_atom_ids": ["a1", "a3"]}
    ]


@pytest.mark.parametrize(
    ("judged", "found"),
    [
        (verdict(), recollection("a1")),
        (verdict(unverified=("a1",)), recollection("a1")),
        (verdict("a1"), recollection(carried=("a1",))),
        (verdict("a1"), recollection()),
        (verdict("a1"), replace(recollection("a1"), session_id=None)),
    ],
    ids=["nothing", "not verified", "carried only", "not recalled", "no session"],
)
async def test_nothing_to_feed_back_is_no_call(
    judged: Verdict, found: Recollection
) -> None:
    memory = FakeMemory()
    assert await feed_back(judged, found, memory=memory) == Feedback("none")
    assert memory.history == []


async def test_no_cited_atom_no_feedback_call() -> None:
    memory = FakeMemory()
    shown = AtomVerdict(
        "a1", "m1", cited=False, support=1, used=True, verified=True, reason=""
    )
    judged = Verdict(final=True, reason="", atoms=(shown,))
    found = await feed_back(judged, recollection("a1"), memory=memory)
    assert found == Feedback("none", detail=UNCITED)
    assert memory.history == []


async def test_beside_a_cited_memory_an_uncited_one_is_fed_back_too() -> None:
    memory = FakeMemory()
    cited = verdict("a1").atoms[0]
    shown = replace(cited, atom_id="a2", label="m2", cited=False)
    judged = Verdict(final=True, reason="", atoms=(cited, shown))
    found = await feed_back(judged, recollection("a1", "a2"), memory=memory)
    assert found == Feedback("sent", ("a1", "a2"))


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_never_more_than_verified_and_recalled(
    verified: set[str], recalled: set[str]
) -> None:
    found = recollection(*recalled, carried=tuple(set("abcdef") - recalled))
    assert set(due(verdict(*verified), found)) == verified & recalled


@pytest.mark.parametrize(
    ("error", "outcome", "detail"),
    [
        (MemoryUnavailable("t", outcome_unknown=True), "unknown", NO_ANSWER),
        (MemoryProtocolError("no ok"), "unknown", NO_ANSWER),
        (MemoryNotFound("s"), "rejected", MemoryNotFound.default_user_message),
        (BadMemoryRequest("b"), "rejected", BadMemoryRequest.default_user_message),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_can_not_be_repeated_ends_with_a_word_about_it(
    error: MemoryAPIError, outcome: str, detail: str
) -> None:
    memory = FakeMemory()
    memory.fail(PATH, error)
    ended = await feed_back(verdict("a1"), recollection("a1"), memory=memory)
    assert (ended.outcome, ended.atom_ids, ended.detail) == (outcome, ("a1",), detail)


@pytest.mark.parametrize(
    "error",
    [
        MemoryUnavailable("refused"),
        MemoryRateLimited("slow"),
        BillingBlocked("pay"),
        AccessDenied("who"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_time_or_an_operator_can_mend_is_raised(
    error: MemoryAPIError,
) -> None:
    memory = FakeMemory()
    memory.fail(PATH, error)
    with pytest.raises(type(error)):
        await feed_back(verdict("a1"), recollection("a1"), memory=memory)
