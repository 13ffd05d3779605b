"""Checks 9, 10, 12 and 30: what can be counted in a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from embedded.llm.practice import practice_in, practise
from embedded.llm.prompt import Prompt
from memory.errors import ReplyWithheld
from memory.turn import Turn, answer
from tests.conversations.fakes import FakeMemory, FakeModel
from tests.tutor.lessons.sitting import Sitting
from tutor.lessons import hearing, lints
from tutor.models.lesson import MoveKind

Sit = Callable[[], Sitting]


@pytest.mark.parametrize(
    "text",
    [
        "I've saved that in your notes.",
        "I have updated your progress.",
        "I'll schedule a review for Friday.",
        "Your plan has been updated.",
    ],
)
def test_a_claim_of_what_did_not_happen_is_found(text: str) -> None:
    assert lints.claims_a_write(text)


@pytest.mark.parametrize(
    "text",
    ["How many bits do you save?", "A router stores routes.", "I note that you added."],
)
def test_talk_about_the_subject_claims_nothing(text: str) -> None:
    assert not lints.claims_a_write(text)


def test_what_asks_what_praises_and_what_is_too_long() -> None:
    assert lints.asks("Count the bits that are left.")
    assert lints.asks("Why?")
    assert not lints.asks("A mask has 32 bits.")
    assert lints.praises_without_correction("Great job!")
    assert not lints.praises_without_correction("Great start, but look again.")
    assert lints.is_too_long("word " * 121)
    assert lints.is_too_long("Why? And how?")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Just tell me!", MoveKind.ASKED),
        ("What's the answer?", MoveKind.ASKED),
        ("show me the answer", MoveKind.ASKED),
        ("give me another hint", MoveKind.HINT),
        ("I don’t know", MoveKind.STUCK),
        ("I'm stuck", MoveKind.STUCK),
        ("please don't tell me the answer", None),
        ("tell me why the mask matters", None),
        ("What does TCP do?", None),
        ("ok", None),
        ("I get it now", None),
    ],
)
def test_only_a_plain_request_is_one(text: str, kind: MoveKind | None) -> None:
    assert hearing.request_in(text) is kind


async def _whole(turn: Turn, model: FakeModel) -> str:
    text = ""
    memory: Any = FakeMemory()
    llm: Any = model
    async for event in answer(turn, memory=memory, llm=llm):
        text += getattr(event, "text", "")
    return text


def test_a_reply_that_gives_the_answer_away_twice_is_not_shown(sit_down: Sit) -> None:
    """Check 7, through a turn: nothing of it is ever yielded."""
    sitting = sit_down().begin()
    begun = sitting.answer(right=False)
    leak = f"The answer is {sitting.item.answer}."
    model = FakeModel()
    model.replies.extend([[leak], [leak]])
    with pytest.raises(ReplyWithheld):
        asyncio.run(_whole(begun.turn, model))
    assert len(model.asked) == 2
    assert "Your draft gave away the answer" in model.asked[1][0].content


def test_the_scripted_tutor_keeps_to_the_rules(sit_down: Sit) -> None:
    """Checks 9, 10, 12: for a wrong answer to each numeric item of the course."""
    sitting = sit_down().begin()
    begun = sitting.answer(right=False)
    system = begun.turn.instructions
    at = practice_in(system)
    assert at is not None
    said = practise(Prompt("Maren", "Computer networks", "999", system=system), at).text
    assert lints.asks(said)
    assert not lints.praises_without_correction(said)
    assert not lints.is_too_long(said)
    assert begun.turn.vet is not None
    assert begun.turn.vet.judge(said) == "fine"
