"""What the learner wants to reach: said or guessed; a change replaces, nothing is averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from memory.words import words
from tutor.learner.evidence import Piece

SAID = 0.95
GUESSED = 0.4
SAME_GOAL = 0.5
"""Share of words from which one goal is another wording, or a change, of the other."""


@dataclass(frozen=True)
class Goal:
    """One goal as it stands; a guessed one is asked about before it is relied on."""

    text: str
    confidence: float
    since: datetime
    pieces: tuple[int, ...] = ()
    quote: str = ""


def after(goals: Sequence[Goal], piece: Piece) -> tuple[Goal, ...]:
    """With a goal that was said (`ok`), guessed (None) or given up (False)."""
    same = next((goal for goal in goals if alike(goal.text, piece.text)), None)
    others = tuple(goal for goal in goals if goal is not same)
    if piece.ok is False:
        return others
    confidence = SAID if piece.ok else GUESSED
    if same is None:
        new = Goal(piece.text, confidence, piece.at, (piece.id,), piece.quote)
        return (*others, new)
    if piece.ok is None and same.confidence > GUESSED:
        return tuple(goals)  # a guess changes nothing that was said
    return (
        *others,
        replace(
            same,
            text=piece.text,
            confidence=max(confidence, same.confidence),
            pieces=(*same.pieces, piece.id),
            quote=piece.quote or same.quote,
        ),
    )


def alike(one: str, other: str) -> bool:
    """Whether two goals are about the same."""
    a, b = words(one), words(other)
    if not a or not b:
        return one.casefold() == other.casefold()
    return len(a & b) / min(len(a), len(b)) >= SAME_GOAL


def key_of(text: str) -> str:
    """What tells a goal from others, whatever its case and spaces."""
    return " ".join(text.casefold().split())
