"""Whatever becomes of each call, everything is stored once and fed back at most once.

The service is as documented: it knows no repeats, and it may take a write and cut the
connection, or cut it first; the process may die behind any call.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from memory.calls import Call
from memory.errors import MemoryAway, MemoryRateLimited, MemoryUnavailable
from tests.memory.doubles import FakeBook, FakeMemory, Killed
from tests.memory.test_turn import ATOMS, CAT, CONTENTS, JAZZ, model, run

Fate = Literal["well", "refused", "limited", "away", "lost", "cut", "killed"]
FATES: tuple[Fate, ...] = (
    *("well", "refused", "limited", "away", "lost", "cut", "killed"),
)


class Unreliable(FakeMemory):
    """Each call meets the next fate; when they are used up, all is well."""

    def __init__(self, fates: list[Fate]) -> None:
        super().__init__(JAZZ, CAT)
        self.fates = list(fates)

    async def make(self, call: Call) -> object:
        fate = self.fates.pop(0) if self.fates else "well"
        match fate:
            case "refused":
                raise MemoryUnavailable("refused")
            case "limited":
                raise MemoryRateLimited("busy", retry_after=1)
            case "away":
                raise MemoryAway("not asked")
            case "lost":
                raise MemoryUnavailable("cut off", outcome_unknown=call.writes)
        answer = await super().make(call)
        if fate == "killed":
            raise Killed(call.path)
        if fate == "cut":
            raise MemoryUnavailable("cut off", outcome_unknown=call.writes)
        return answer


async def learnt(memory: Unreliable) -> FakeBook:
    """As jobs do it: again and again, each time on what the last one has written."""
    llm, book = model(), FakeBook()
    for _ in range(len(memory.fates) + 1):
        try:
            await run(memory=memory, llm=llm, book=book)
        except (MemoryUnavailable, Killed):
            llm.structures.append({"atoms": ATOMS})
        else:
            return book
    raise AssertionError("it never came to an end")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(FATES), max_size=12))
def test_each_atom_is_stored_once_and_feedback_sent_at_most_once(
    fates: list[Fate],
) -> None:
    memory = Unreliable(fates)
    book = asyncio.run(learnt(memory))
    stored = dict(memory.atoms[2:])
    assert Counter(stored.values()) == Counter(CONTENTS)
    assert {
        stored[atom_id]: book.entries[ref].candidate.content
        for ref, atom_id in book.confirmed.items()
    } == {content: content for content in CONTENTS}
    assert book.feedback is not None
    if book.feedback.outcome == "sent":
        assert memory.reinforced == [("session-1", "a1")]
    else:
        assert book.feedback.outcome == "unknown"
        assert memory.reinforced in ([], [("session-1", "a1")])


@given(st.lists(st.sampled_from(["well", "refused", "limited", "away"]), max_size=12))
def test_trouble_that_surely_did_nothing_leaves_no_doubt(fates: list[Fate]) -> None:
    book = asyncio.run(learnt(Unreliable(fates)))
    assert book.feedback is not None
    assert book.feedback.outcome == "sent"
