"""The recall benchmark in its shortest form, on a conversation made up here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.evidence import recall_at, share
from bench.locomo import read_locomo
from tests.harness.processes import PROJECT

PROMISED = {
    *("locomo_all_r5", "locomo_all_r10", "locomo_14_r10", "locomo_heldout_all_r10"),
    *(f"locomo_c{number}_r10" for number in range(1, 6)),
    *("madial_en_r5", "madial_zh_r5", "feedback_r5_before", "feedback_r5_after"),
}
SAID = ("I adopted a dog.", "What is it called?", "Biscuit!", "And I paint lakes.")
ASKED = [
    ("When did Ann adopt a dog?", ["D1:1"], 2),
    ("What is Ann's dog called?", ["D1:3", "D1:1"], 1),
    ("What does Ben paint?", ["D1:4"], 4),
    ("Where could Ben live?", ["D1:4"], 3),
    ("What does Ann paint?", [], 5),
]


def _locomo(path: Path) -> Path:
    turns = [
        {
            "speaker": ("Ann", "Ben")[place % 2],
            "dia_id": f"D1:{place + 1}",
            "text": text,
        }
        for place, text in enumerate(SAID)
    ]
    conversation = {
        "speaker_a": "Ann",
        "speaker_b": "Ben",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": turns,
    }
    questions = [
        {"question": text, "evidence": evidence, "category": category}
        for text, evidence, category in ASKED
    ]
    one = {"sample_id": "a", "conversation": conversation, "qa": questions}
    file = path / "locomo.json"
    file.write_text(json.dumps([one, {**one, "sample_id": "b"}]))
    return file


def _madial(path: Path) -> Path:
    for language in ("en", "zh"):
        folder = path / language
        folder.mkdir()
        event = {"event": "Bart danced.", "user-id": 1}
        dialogue = {
            "dialogue": [
                "<BOD>\n",
                "<Bart>: I want to dance.\n",
                "<Assistant>: You did.\n",
            ],
            "test-turn": [2],
            "relevant-id": [1],
        }
        stem = f"{folder}/MADial-Bench-{language}"
        Path(f"{stem}-memory.json").write_text(json.dumps({"1": event}) + "\n")
        Path(f"{stem}-dialogue.json").write_text(json.dumps(dialogue) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.processes
def test_a_short_run_writes_flat_numbers_under_their_promised_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "recall.json"
    command = [sys.executable, "-m", "bench.recall_quality", "--json", str(path)]
    data = ["--locomo", str(_locomo(tmp_path)), "--madial", str(_madial(tmp_path))]
    ran = subprocess.run(
        [*command, *data], check=False, cwd=PROJECT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    numbers = json.loads(path.read_text())
    assert numbers.keys() >= PROMISED
    assert all(isinstance(value, int | float | str) for value in numbers.values())
    assert numbers["locomo_c2_r10"] == numbers["madial_en_r5"] == 100
    assert numbers["atoms"] == 2 * len(SAID)
    assert numbers["feedback_atoms"] > 0
    assert "DRAGON" in ran.stdout and "OpenAI" in ran.stdout


def test_evidence_recall_is_the_share_of_ids_among_the_first() -> None:
    assert recall_at(2, ["a", "b", "c"], ["a", "c"]) == 0.5
    assert recall_at(3, ["a", "b", "c"], ["a", "c"]) == 1
    assert recall_at(5, [], []) == 1


def test_an_interval_holds_its_mean_and_is_the_same_every_time() -> None:
    found = share([0.0, 1.0, 1.0, 0.5])
    assert found.low <= found.mean <= found.high
    assert found == share([0.0, 1.0, 1.0, 0.5])


def test_every_other_conversation_is_held_out_and_no_label_is_stored(
    tmp_path: Path,
) -> None:
    one, other = read_locomo(_locomo(tmp_path))
    assert (one.tuned, other.tuned) == (True, False)
    turn = one.turns[0]
    assert turn.content == "Ann: I adopted a dog."
    assert turn.metadata == {
        "session_id": "session-1",
        "role": "user",
        "speaker": "Ann",
        "occurred_at": "2023-05-08T13:56:00",
    }
