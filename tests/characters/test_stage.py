"""What a character brings into a prompt, and what of it is left to chance."""

from __future__ import annotations

from typing import Any

import pytest

from chatapp.characters.definition import Definition
from chatapp.characters.lore.firing import Situation, Spoken
from chatapp.characters.stage import Role, Stage, Staged

MANY = ",".join(f"word{n}" for n in range(1000))
CHANCE = f"{{{{random:{MANY}}}}} and {{{{roll:1000000}}}}"
SITUATION = Situation(said=[Spoken("Hello.")])
FIELDS = ("description", "scenario", "system_prompt", "mes_example")


def staged(stage: Stage, seed: str) -> Staged:
    return stage.staged(SITUATION, budget=1000, seed=seed)


@pytest.mark.parametrize("field", [*FIELDS, "post_history_instructions"])
def test_what_is_left_to_chance_falls_anew_for_each_message(field: str) -> None:
    fields: dict[str, Any] = {field: CHANCE}
    stage = Stage(Definition("Ailsa", **fields), Role())
    first, second = staged(stage, "one"), staged(stage, "two")
    assert first != second
    assert first == staged(stage, "one")  # whoever asks again reads the same
    assert stage.bare("one") == first


def test_chance_in_a_lorebook_falls_anew_too() -> None:
    entry = {"keys": ["hello"], "content": CHANCE, "enabled": True}
    stage = Stage(Definition("Ailsa", book={"entries": [entry]}), Role())
    lore = [staged(stage, seed).scene.lore[0].content for seed in ("one", "two", "one")]
    assert lore[0] == lore[2] != lore[1]
    assert "word" in lore[0]


def test_without_chance_a_stage_is_made_once() -> None:
    stage = Stage(Definition("Ailsa", description="{{char}}, {{pick:a,b}}."), Role())
    assert stage.bare("one") is stage.bare("two")
