"""A memory that asks to leave something alone is used by leaving it alone."""

from __future__ import annotations

import pytest

from memory.evaluate import evaluate
from memory.notes import Injected
from memory.recall import Remembered
from memory.reply import Citation, Ending, Reply

FATHER = "User does not want to talk about their father."
MASKS = "Learner understands subnet masks."
ASKED = ["How was your week?"]


def judged(
    content: str, atom_type: str, reply: str, *, cited: bool = True, ending: str = ""
) -> tuple[bool, bool, bool, str]:
    """Used, verified, by restraint, and why."""
    atom = Remembered("a1", content, atom_type=atom_type, recalled=True)
    citations = (Citation("m1", len(reply)),) if cited else ()
    end: Ending = "stopped" if ending else "complete"
    (found,) = evaluate(
        Reply(reply, citations=citations, ending=end), [Injected("m1", atom)], ASKED
    ).atoms
    return found.used, found.verified, found.restraint, found.reason


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (FATHER, "Tell me about the garden instead. What is in bloom?"),
        (FATHER, "We won't speak of your father. Tell me about the garden."),
        ("사용자는 회사 이야기를 하고 싶어 하지 않는다.", "그럼 주말에 뭐 할까요?"),
        (
            "ユーザーは仕事の話をしたくない。",
            "じゃあ、週末は何をしましょうか。",
        ),
        ("用户不想谈论前男友。", "那我们聊聊周末吧。"),
    ],
)
def test_a_marked_boundary_that_is_kept_is_verified_as_restraint(
    content: str, reply: str
) -> None:
    used, verified, restraint, reason = judged(content, "boundary", reply)
    assert (used, verified, restraint) == (True, True, True)
    assert reason == "Cited and used by restraint: the reply leaves it alone."


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (FATHER, "How is your father these days?"),
        (
            "사용자는 회사 이야기를 하고 싶어 하지 않는다.",
            "요즘 회사 이야기 좀 해 봐요!",
        ),
        ("ユーザーは仕事の話をしたくない。", "最近、仕事はどう？"),
        ("用户不想谈论前男友。", "你前男友最近怎么样？"),
    ],
)
def test_a_marked_boundary_that_is_crossed_is_not_verified(
    content: str, reply: str
) -> None:
    used, verified, restraint, reason = judged(content, "boundary", reply)
    assert (used, verified, restraint) == (False, False, False)
    assert reason == "Cited, but the reply speaks of what it asks to leave."


def test_a_boundary_that_asks_for_something_is_judged_by_words() -> None:
    content = "User wants to be called Sam."
    assert judged(content, "boundary", "Morning, Sam!")[1:3] == (True, False)
    assert judged(content, "boundary", "Morning!")[1:3] == (False, False)


def test_a_mastered_concept_that_is_not_taught_again_is_restraint() -> None:
    found = judged(MASKS, "concept_mastered", "On to routing, then. Ready?")
    assert found[:3] == (True, True, True)
    assert "does not teach it again" in found[3]


def test_a_mastered_concept_that_is_explained_again_is_not_verified() -> None:
    reply = "A subnet mask is a number that splits an address. Subnet masks have bits."
    found = judged(MASKS, "concept_mastered", reply)
    assert found[:3] == (True, False, False)


def test_a_mastered_concept_that_is_built_upon_is_judged_by_words() -> None:
    found = judged(MASKS, "concept_mastered", "With your subnet masks, try this route.")
    assert found[:3] == (True, True, False)


@pytest.mark.parametrize("atom_type", ["preference", "goal", ""])
def test_other_kinds_of_memory_know_no_restraint(atom_type: str) -> None:
    assert judged(FATHER, atom_type, "What is in bloom?")[1:3] == (False, False)


def test_without_a_marker_nobody_sees_restraint() -> None:
    found = judged(FATHER, "boundary", "What is in bloom?", cited=False)
    assert found[:3] == (False, False, False)


def test_a_stopped_reply_reinforces_no_restraint() -> None:
    found = judged(FATHER, "boundary", "What is in bloom?", ending="stopped")
    assert found[:3] == (True, False, True)
    assert found[3].endswith("The reply reinforces nothing.")
