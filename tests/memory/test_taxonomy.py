"""The documentation's two taxonomies, and who may be the source of what."""

from __future__ import annotations

from memory.taxonomy import CHARACTER, DURABLE, PASSING, TUTOR

BOTH = (CHARACTER, TUTOR)


def test_the_types_are_the_documentations() -> None:
    assert list(CHARACTER.by_name) == [
        "preference",
        "emotional_state",
        "relationship_event",
        "backstory_reveal",
        "promise",
        "boundary",
    ]
    assert list(TUTOR.by_name) == [
        "concept_mastered",
        "misconception",
        "learning_style",
        "struggle_point",
        "goal",
        "follow_up",
    ]


def test_states_pass_and_facts_last() -> None:
    passing = {t.name for tax in BOTH for t in tax.types if t.source_type == PASSING}
    assert passing == {"emotional_state", "struggle_point"}
    assert {t.source_type for tax in BOTH for t in tax.types} == {PASSING, DURABLE}


def test_a_persons_facts_come_only_from_the_person() -> None:
    assistants = {
        t.name for tax in BOTH for t in tax.types if "assistant" in t.speakers
    }
    assert assistants == {"backstory_reveal", "promise"}
    assert CHARACTER.by_name["backstory_reveal"].speakers == {"assistant"}
