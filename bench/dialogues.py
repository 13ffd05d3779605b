"""MADial-Bench: dialogues in which an assistant brings up one of a person's memories.

`path` is the folder with `en` and `zh` of hejunqing/MADial-Bench (MIT). Each person is
searched in their own memories only, as the released rankings are; the English file does
not say whose a memory is, the Chinese one does, under the same id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Dialogue:
    """What was said before the assistant remembers, and which memories fit."""

    person: str
    text: str
    relevant: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """Somebody's memories by id."""

    name: str
    memories: dict[str, str]


@dataclass(frozen=True)
class Madial:
    """One language's people and dialogues."""

    people: list[Person]
    dialogues: list[Dialogue]


def read_madial(path: Path, language: str) -> Madial:
    """The benchmark in "en" or "zh"."""
    memories = _memories(path, language)
    owners = {id_: str(one["user-id"]) for id_, one in _memories(path, "zh").items()}
    people = [
        Person(
            name, {i: one["event"] for i, one in memories.items() if owners[i] == name}
        )
        for name in sorted(set(owners.values()))
    ]
    lines = _lines(path, language, "dialogue")
    return Madial(people, [_dialogue(line, owners) for line in lines])


def _dialogue(line: dict[str, Any], owners: dict[str, str]) -> Dialogue:
    before = line["dialogue"][1 : line["test-turn"][0]]  # the first turn is "<BOD>"
    said = [turn.strip().replace("<", "", 1).replace(">", "", 1) for turn in before]
    relevant = tuple(str(id_) for id_ in line["relevant-id"])
    return Dialogue(owners[relevant[0]], "\n".join(said), relevant)


def _memories(path: Path, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in _lines(path, language, "memory"):
        found |= line
    return found


def _lines(path: Path, language: str, part: str) -> list[dict[str, Any]]:
    file = path / language / f"MADial-Bench-{language}-{part}.json"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]
