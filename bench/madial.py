"""MADial-Bench as turns to judge: replies that bring a memory in, and replies that do not.

Each dialogue has a first reply that brings back one known memory. Its candidates are the
five best of a released retrieval run and the right one. The assistant's turn two
earlier, judged with what had been said until then, is a turn that uses no memory. The
data (hejunqing/MADial-Bench, MIT) are no part of the project: a path is given.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = 5
_SPEAKER = re.compile(r'^<[^<>]{1,20}>\s*[:：]\s*["“]?|["”]?\s*$')
RUNS = {
    "en": ("en/openai_top_20_bottom.json", "top-20-ids"),
    "zh": ("zh/BGE_M3_dense_zh_top_20_ids.json", "top_20_ids"),
}
"""The released retrieval runs: the file and the field of the ranking."""


@dataclass(frozen=True)
class Turn:
    """One reply with what was said before it, and the memories it may have used.

    `right` is the id of the memory that it uses, "" where it uses none.
    """

    dialogue: int
    earlier: tuple[str, ...]
    reply: str
    memories: tuple[tuple[str, str], ...]
    right: str


def load(folder: Path, language: str) -> list[Turn]:
    """All turns of one language ("en" or "zh"), in the order of the dialogues.

    Raises OSError and ValueError when the folder is not MADial-Bench's.
    """
    name = f"{language}/MADial-Bench-{language}"
    memories = {
        key: str(value["event"])
        for line in _lines(folder / f"{name}-memory.json")
        for key, value in line.items()
    }
    file, field = RUNS[language]
    rankings = _lines(folder / file)
    turns: list[Turn] = []
    dialogues = _lines(folder / f"{name}-dialogue.json")
    for number, (one, ranking) in enumerate(zip(dialogues, rankings, strict=True)):
        said = [_SPEAKER.sub("", turn.strip()) for turn in one["dialogue"]]
        right = str(one["relevant-id"][0])
        near = [str(found) for found in ranking[field][:CANDIDATES]]
        ids = dict.fromkeys([*near, right])
        known = tuple((key, memories[key]) for key in ids if key in memories)
        at = one["test-turn"][0]
        turns.append(Turn(number, tuple(said[1:at]), said[at], known, right))
        if at >= 4:
            free = Turn(number, tuple(said[1 : at - 2]), said[at - 2], known, "")
            turns.append(free)
    return turns


def _lines(path: Path) -> list[Any]:
    """The JSON values of a file, one a line."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
