"""LoCoMo as a caller of the memory service has it: turns to store, questions to ask.

`path` is snap-research/LoCoMo's `locomo10.json` (CC BY-NC 4.0: read here, never kept).
A memory is one turn, as in the paper's retrieval over dialog turns.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

CATEGORIES = {
    1: "multi-hop",
    2: "temporal",
    3: "open-domain",
    4: "single-hop",
    5: "adversarial",
}
SESSION = re.compile(r"session_(\d+)")
TIME = "%I:%M %p on %d %B, %Y"  # "1:56 pm on 8 May, 2023"


@dataclass(frozen=True)
class Turn:
    """What was said, and what any chat knows of it: by whom, where and when."""

    id: str
    content: str
    metadata: dict[str, str]


@dataclass(frozen=True)
class Question:
    """A question and the ids of the turns that answer it, as the file has them."""

    text: str
    evidence: tuple[str, ...]
    category: int


@dataclass(frozen=True)
class Conversation:
    """Two people over months; `tuned` on this one, or held out."""

    name: str
    turns: list[Turn]
    questions: list[Question]
    tuned: bool


def read_locomo(path: Path) -> list[Conversation]:
    """The conversations in order; every other one, from the first, was tuned on."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return [_conversation(entry, place) for place, entry in enumerate(found)]


def _conversation(entry: dict[str, Any], place: int) -> Conversation:
    said = entry["conversation"]
    numbers = sorted(int(m[1]) for key in said if (m := SESSION.fullmatch(key)))
    turns = [
        _turn(turn, number, said)
        for number in numbers
        for turn in said[f"session_{number}"]
    ]
    questions = [
        Question(one["question"], tuple(one["evidence"]), one["category"])
        for one in entry["qa"]
    ]
    return Conversation(entry["sample_id"], turns, questions, tuned=place % 2 == 0)


def _turn(turn: dict[str, Any], session: int, said: dict[str, Any]) -> Turn:
    when = datetime.strptime(said[f"session_{session}_date_time"], TIME)
    caption = turn.get("blip_caption")
    shown = f" [shares a picture: {caption}]" if caption else ""
    speaker = turn["speaker"]
    return Turn(
        id=turn["dia_id"],
        content=f"{speaker}: {turn['text']}{shown}",
        metadata={
            "session_id": f"session-{session}",
            "role": "user" if speaker == said["speaker_a"] else "assistant",
            "speaker": speaker,
            "occurred_at": when.isoformat(),
        },
    )
