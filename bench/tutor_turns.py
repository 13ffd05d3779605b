"""Labelled turns of lessons: what may be remembered of each, or nothing.

Our own sample is `tutor_turns.jsonl` beside this file: JSON lines with `before` (what
the tutor said), `said`, `label` (a type of the tutor's taxonomy, or NONE), `why` (of
NONE: guess, slip, bare answer ...) and `same` (turns of one value state one error).
`of_data` makes the same of published data in a folder that is no part of the project.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OURS = Path(__file__).with_name("tutor_turns.jsonl")
NONE = "NONE"


@dataclass(frozen=True)
class Turn:
    """One turn. `before` is only context: nothing is learnt from it."""

    before: str
    said: str
    label: str
    why: str = ""
    same: str = ""


def ours() -> list[Turn]:
    """Our own sample, written by hand."""
    lines = OURS.read_text(encoding="utf-8").splitlines()
    return [Turn(**json.loads(line)) for line in lines]


def of_data(folder: Path) -> list[Turn]:
    """Turns of Bridge, verify-then-generate and math-misconceptions.

    Guesses, careless errors and calculation errors are no misconceptions. Raises
    OSError when a file is missing.
    """
    return [*_bridge(folder), *_solutions(folder), *_pairs(folder)]


def _read(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _bridge(folder: Path) -> Iterator[Turn]:
    labels = {"guess": NONE, "careless": NONE, "misinterpret": "misconception"}
    for name in ("train", "test"):
        for row in _read(folder / "bridge" / f"{name}.json"):
            label = labels.get(row["e"])
            history = row["c_h"]
            mine = [turn["text"] for turn in history if turn["user"] == "student"]
            theirs = [turn["text"] for turn in history if turn["user"] != "student"]
            if label and mine:
                why = row["e"] if label == NONE else ""
                yield Turn("\n".join(theirs[-2:]), mine[-1], label, why)


def _solutions(folder: Path) -> Iterator[Turn]:
    labels = {
        "Calculation error easily solved by a calculator": NONE,
        "Missing / Wrong factual knowledge": "misconception",
        "Unit conversion error": "misconception",
    }
    for row in _read(folder / "verify-then-generate" / "dataset.json"):
        label = labels.get(str(row["error_category"]))
        if label:
            said = " ".join(row["student_incorrect_solution"])
            why = "calculation" if label == NONE else ""
            yield Turn(str(row["problem"]), said, label, why)


def _pairs(folder: Path) -> Iterator[Turn]:
    """One error twice, each with a question of its own: the words around it differ."""
    by_error = defaultdict(list)
    for row in _read(folder / "math-misconceptions" / "data.json"):
        by_error[row["Misconception ID"]].append(row)
    for number, rows in sorted(by_error.items()):
        for row in rows[:2]:
            error = " ".join(str(row["Misconception"]).split()).rstrip(".")
            said = f"My answer is {row['Incorrect Answer']}. I always thought that {error}."
            yield Turn(str(row["Question"]), said, "misconception", "", number)
