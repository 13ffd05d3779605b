"""The bench of the evaluator: its counts are right, and it fits on what it is given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.attribution import held_out, judged
from bench.fitting import Score, fit, score
from bench.madial import Turn, load

FACTS = (
    ("1", "Nora danced at the harbour fair and won a ribbon."),
    ("2", "Nora planted a walnut tree with her grandfather."),
    ("3", "Nora lost her umbrella on the night train."),
)
REPLIES = (
    "I remember the harbour fair, where you danced and won that ribbon!",
    "Didn't you plant a walnut tree with your grandfather?",
    "That night train again, and the lost umbrella.",
)


def turns() -> list[Turn]:
    found = []
    for number in range(12):
        at = number % 3
        said = ("Tell me something.",)
        found.append(Turn(number, said, REPLIES[at], FACTS, FACTS[at][0]))
        found.append(Turn(number, said, "What a day. Shall we go on?", FACTS, ""))
    return found


def test_clear_cases_are_told_apart_also_on_the_half_that_was_not_fitted_on() -> None:
    found = judged(turns(), None)
    weights = fit(found, most_false=0.05)
    whole = sum(score(found, weights), Score())
    assert (whole.f1, whole.false_credit) == (1.0, 0.0)
    for halving in held_out(found, most_false=0.05)[:2]:
        assert sum(halving, Score()).f1 == 1.0


def test_a_score_counts_pairs_and_turns() -> None:
    whole = Score(right=3, wrong=1, missed=2, credited=1, without=4)
    assert whole.precision == 0.75
    assert whole.recall == 0.6
    assert whole.f1 == pytest.approx(2 / 3)
    assert whole.false_credit == 0.25
    assert Score().f1 == 0


def test_the_released_files_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "en"
    folder.mkdir()
    said = ["<BOD>\n", '<Nora>: "Hi!"\n', '<Assistant>: "Hello."\n']
    said += ['<Nora>: "I am off."\n', '<Assistant>: "As at the fair!"\n', "<EOD>\n"]
    dialogue = {"dialogue": said, "test-turn": [4], "relevant-id": [1], "user-id": 1}
    memory = {"1": {"event": FACTS[0][1]}}
    ranking = {"top-20-ids": [1, 2]}
    for name, value in (
        ("MADial-Bench-en-dialogue.json", dialogue),
        ("MADial-Bench-en-memory.json", memory),
        ("openai_top_20_bottom.json", ranking),
    ):
        (folder / name).write_text(json.dumps(value) + "\n", encoding="utf-8")
    used, free = load(tmp_path, "en")
    assert (used.reply, used.right) == ("As at the fair!", "1")
    assert used.earlier == ("Hi!", "Hello.", "I am off.")
    assert (free.reply, free.earlier, free.right) == ("Hello.", ("Hi!",), "")
    assert used.memories == (FACTS[0],)
