"""The labelled set is what it says, and the bench of the extractor counts right."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.extract import (
    SCRIPTED,
    Tally,
    count,
    measured,
    numbers,
    report,
    same_passage,
)
from bench.turns import OURS, Labelled, parse, read
from chatapp import wiring
from memory.extract import check
from memory.taxonomy import CHARACTER, TUTOR


@pytest.fixture(scope="module")
def ours() -> list[Labelled]:
    return read(OURS)


def test_the_set_covers_what_it_promises(ours: list[Labelled]) -> None:
    assert len(ours) >= 300
    assert sum(1 for turn in ours if not turn.atoms) * 3 >= len(ours)
    assert {turn.language for turn in ours} == {"en", "ko", "ja"}
    kinds = {kind.name for taxonomy in (CHARACTER, TUTOR) for kind in taxonomy.types}
    found = Counter(atom.type for turn in ours for atom in turn.atoms)
    assert set(found) == kinds
    assert min(found.values()) >= 5
    tags = {tag for turn in ours for tag in turn.tags}
    hard = {"swapped", "joke", "hypothetical", "quotation", "role", "others"}
    assert hard <= tags
    assert len({(turn.taxonomy.name, turn.exchange.user) for turn in ours}) == len(ours)


async def test_the_pipeline_runs_with_the_scripted_model_and_says_so(
    ours: list[Labelled],
) -> None:
    """A check of the pipeline: the score of a scripted model says nothing of quality."""
    short = ours[::9]
    try:
        tally = await measured(short, wiring.chat_model(), 4)
    finally:
        await wiring.close()
    run = report(short, tally, scripted=True)
    assert run.notes[-1] == SCRIPTED
    assert {
        "macro_f1",
        "false_memory_rate",
        "quote_validity",
        "wrong_speaker_rate",
    } <= set(run.numbers)
    assert tally.unreadable == 0
    assert tally.quoted > 0
    assert tally.literal == tally.quoted


def test_what_the_rules_let_through_is_counted(ours: list[Labelled]) -> None:
    """An extractor that answers with the labels is right everywhere."""
    tally = Tally()
    for turn in ours:
        proposed: list[dict[str, object]] = [
            {
                "type": atom.type,
                "content": f"{turn.taxonomy.person}'s words: {atom.quote}"[:240],
                "confidence": 0.9,
                "quote": atom.quote,
                "speaker": atom.speaker,
                "about": atom.about,
                "realm": atom.realm,
            }
            for atom in turn.atoms
        ]
        found = check(proposed, turn.exchange, taxonomy=turn.taxonomy, known=())
        quotes = [atom.quote for atom in turn.atoms]
        count(tally, turn, found, quotes)
    result = dict(numbers(tally))
    assert result["false_memory_rate"] == 0
    assert result["quote_validity"] == 1
    assert result["wrong_speaker_rate"] == 0
    # Every label that the rules refuse costs here: they refuse next to none.
    assert result["macro_f1"] >= 0.97


def test_a_false_memory_and_a_wrong_speaker_are_seen(ours: list[Labelled]) -> None:
    def proposal(turn: Labelled, **more: object) -> dict[str, object]:
        return {
            "type": "preference",
            "content": "User likes it.",
            "confidence": 0.9,
            "quote": turn.exchange.user,
            "speaker": "user",
        } | more

    free = next(
        turn
        for turn in ours
        if turn.exchange.user == "Maybe I'll go to Paris one day. Maybe not."
    )
    tally = Tally()
    found = check([proposal(free)], free.exchange, taxonomy=CHARACTER, known=())
    count(tally, free, found, [free.exchange.user])
    assert dict(numbers(tally))["false_memory_rate"] == 1
    sister = next(turn for turn in ours if "just became a pilot" in turn.exchange.user)
    tally = Tally()
    own = proposal(
        sister,
        type="relationship_event",
        content="A pilot in the family.",
        about="user",
    )
    found = check([own], sister.exchange, taxonomy=CHARACTER, known=())
    count(tally, sister, found, [sister.exchange.user])
    assert dict(numbers(tally))["wrong_speaker_rate"] == 1


def test_a_broken_label_is_refused() -> None:
    line: dict[str, object] = {
        "product": "character",
        "language": "en",
        "at": "2026-11-22T10:00:00+00:00",
        "user": "I love rain.",
        "assistant": "So do I.",
        "atoms": [
            {
                "type": "preference",
                "quote": "I love snow",
                "speaker": "user",
                "about": "user",
                "realm": "life",
            }
        ],
    }
    with pytest.raises(ValueError, match="no such quote"):
        parse(line)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("I love rain", "I love rain, always", True),
        ("I love rain and snow", "rain and snow I adore", True),
        ("I love rain", "My cat is ill", False),
        ("비가 좋아요", "저는 비가 좋아요", True),
    ],
)
def test_quotes_of_one_passage_meet(one: str, other: str, same: bool) -> None:
    assert same_passage(one, other) is same
