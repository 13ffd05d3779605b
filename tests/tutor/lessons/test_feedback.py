"""Check 25: what a turn of a lesson feeds back, and that a lesson never needs memory.

Where the checks have feedback wait for how the learner does, the design overrules them:
that goes to the learner model, and feedback says only which memories a reply used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chatapp.conversations.turns import Begun
from memory import events
from memory.errors import MemoryUnavailable, ReplyWithheld
from memory.turn import Answer, answer, learn
from tests.conversations.fakes import FakeModel
from tests.memory.doubles import FakeBook, FakeMemory
from tests.tutor.lessons.sitting import Sitting
from tutor.models import Evidence

Sit = Callable[[], Sitting]

HELD = ("a1", "Learner believes that routers forward broadcasts to every network.")
GOAL = ("a2", "Learner wants to pass the CCNA exam in June.")
USES_HELD = "You said that routers forward broadcasts to every network [m1]. Why?"
USES_GOAL = "For the CCNA exam in June [m2], which step do you trust least?"


def lived(begun: Begun, memory: FakeMemory, *replies: str, runs: int = 1) -> FakeBook:
    """The whole turn: answered with these drafts, then learnt from, `runs` times."""
    turn = replace(begun.turn, anchor_id="anchor")
    model, book = FakeModel(), FakeBook()
    model.replies.extend([reply] for reply in replies)
    llm: Any = model

    async def run() -> None:
        happened = [event async for event in answer(turn, memory=memory, llm=llm)]
        recalled, prompted, *_, replied = happened
        assert isinstance(recalled, events.Recalled)
        assert isinstance(prompted, events.Prompted)
        assert isinstance(replied, events.Replied)
        injected = prompted.prompt.injected
        answered = Answer(recalled.recollection, injected, replied.reply)
        for _ in range(runs):
            learning = learn(turn, answered, memory=memory, llm=llm, book=book)
            async for _event in learning:
                pass

    asyncio.run(run())
    return book


def fed(memory: FakeMemory) -> list[tuple[object, object]]:
    """Ids and sign of each call."""
    return [
        (body["used_memory_atom_ids"], body["success"])
        for body in memory.asked("/v1/feedback")
    ]


def test_what_the_reply_cites_of_what_was_recalled_is_fed_back(sit_down: Sit) -> None:
    begun = sit_down().begin().answer(right=False)
    memory = FakeMemory(HELD, GOAL)
    book = lived(begun, memory, USES_HELD)
    assert fed(memory) == [(["a1"], True)]
    assert book.verdict is not None
    assert book.verdict.verified_ids == ("a1",)
    assert memory.history[0].path == "/v1/recall"


def test_memory_is_asked_before_the_model_and_in_this_learner_s_scope(
    sit_down: Sit,
) -> None:
    """Check 1."""
    sitting = sit_down().begin()
    begun = sitting.answer(right=False)
    assert begun.anchor.user == sitting.learner
    memory = FakeMemory(HELD, GOAL)
    lived(begun, memory, USES_HELD)  # which takes the events in this order
    (asked,) = memory.asked("/v1/recall")
    assert asked["anchor_id"] == "anchor"


def test_a_draft_that_nobody_saw_reinforces_nothing(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    begun = sitting.answer(right=False)
    memory = FakeMemory(HELD, GOAL)
    lived(begun, memory, f"The answer is {sitting.item.answer}. {USES_GOAL}", USES_HELD)
    assert fed(memory) == [(["a1"], True)]


def test_a_reply_that_is_withheld_reinforces_nothing(sit_down: Sit) -> None:
    sitting = sit_down().begin()
    begun = sitting.answer(right=False)
    leak = f"The answer is {sitting.item.answer}. {USES_GOAL}"
    memory = FakeMemory(HELD, GOAL)
    with pytest.raises(ReplyWithheld):
        lived(begun, memory, leak, leak)
    assert fed(memory) == []


@pytest.mark.parametrize("reply", ["Which step do you trust least?", "Look [m1]. Why?"])
def test_without_a_memory_that_was_used_there_is_no_call(
    sit_down: Sit, reply: str
) -> None:
    memory = FakeMemory(HELD, GOAL)
    lived(sit_down().begin().answer(right=False), memory, reply)
    assert fed(memory) == []


@pytest.mark.parametrize("right", [True, False])
def test_how_the_learner_does_is_no_word_on_the_memory(
    sit_down: Sit, right: bool
) -> None:
    memory = FakeMemory(HELD, GOAL)
    lived(sit_down().begin().answer(right=right), memory, USES_HELD)
    assert fed(memory) == [(["a1"], True)]


def test_a_memory_is_fed_back_once_for_a_turn(sit_down: Sit) -> None:
    memory = FakeMemory(HELD, GOAL)
    lived(sit_down().begin().answer(right=False), memory, USES_HELD, runs=2)
    assert fed(memory) == [(["a1"], True)]


def test_without_the_memory_service_the_turn_is_whole_and_the_answer_counts(
    sit_down: Sit,
) -> None:
    sitting = sit_down().begin()
    begun = sitting.answer()
    memory = FakeMemory(HELD, GOAL)
    memory.fail("/v1/recall", MemoryUnavailable("away"))
    book = lived(begun, memory, "Because two addresses are taken.")
    assert fed(memory) == []
    assert book.finishings == ["evaluate", "feedback", "extract", "store"]
    assert Evidence.objects.get().ok
