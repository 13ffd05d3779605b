"""The evidence for a memory in a reply, and the chance that is made of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.support import SPACED, SPACED_ALIKE, UNSPACED, counting, measure

JAZZ = "User likes rainy jazz playlists."
MOVE = "User moved to Lisbon from Porto in spring."
ASKED = ["What now?"]


class Alike:
    """Knows Latin letters, and gives every pair the same likeness; with a history."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.asked: list[str] = []

    def knows(self, text: str) -> float:
        return float(text.isascii())

    def between(self, text: str, others: Sequence[str]) -> Sequence[float]:
        self.asked.append(text)
        return [self.value for _ in others]


def test_words_that_only_one_memory_has_weigh_one() -> None:
    (found,) = measure("Rainy jazz it is.", [JAZZ], ASKED)
    assert found.mass == pytest.approx(2)
    assert found.share == pytest.approx(2 / 3)
    assert found.words == 2


def test_what_was_said_before_counts_only_where_the_reply_claims_to_remember() -> None:
    earlier = ["I moved from Porto to Lisbon."]
    (plain,) = measure("Porto, Lisbon: both lovely.", [MOVE], earlier)
    (claimed,) = measure("I remember: from Porto to Lisbon.", [MOVE], earlier)
    assert (plain.mass, plain.claimed) == (0, 0)
    assert claimed.claimed == pytest.approx(2)
    assert claimed.chance > 10 * plain.chance


def test_likeness_is_asked_where_the_language_is_known() -> None:
    alike = Alike(0.6)
    english, korean = measure("Rainy jazz.", [JAZZ, "비 오는 날 재즈"], ASKED, alike)
    assert (english.likeness, korean.likeness) == (0.6, None)
    assert (english.weights, korean.weights) == (SPACED_ALIKE, UNSPACED)
    measure("비 오는 날엔 재즈.", [JAZZ], ASKED, alike)
    assert alike.asked == ["Rainy jazz."]
    assert measure("Rainy jazz.", [JAZZ], ASKED)[0].weights == SPACED


def test_likeness_alone_is_no_use() -> None:
    found = measure("Something else entirely.", [JAZZ], ASKED, Alike(1.0))
    assert counting(found) == [False]


def test_two_memories_may_be_used_by_one_reply() -> None:
    reply = "Rainy jazz playlists, as in spring, when you moved from Porto to Lisbon."
    assert counting(measure(reply, [JAZZ, MOVE], ASKED)) == [True, True]


def test_nothing_comes_of_nothing() -> None:
    assert measure("Hello.", [], []) == []
    assert counting([]) == []
    assert counting(measure("", [""], [])) == [False]


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


@given(TEXTS, st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=3))
@settings(max_examples=150, deadline=None)
def test_any_text_has_a_chance_between_none_and_one(
    reply: str, memories: list[str], earlier: list[str]
) -> None:
    for found in measure(reply, memories, earlier):
        assert 0 <= found.chance <= 1
        assert 0 <= found.share <= 1 + 1e-9
        assert 0 <= found.topic <= 1 + 1e-9
