"""The ladder of one question: what an answer, a request or silence leads to next.

A function of the moves so far. No step of hints is skipped, two failures in a row earn
the next one, and the answer is shown at the third request, never refused for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tutor.content.course import Item
from tutor.models.lesson import MoveKind

FAILURES = 2
"""So many wrong answers or "I don't know" earn the next step."""
REQUESTS = 3
"""At this request the answer is shown."""
OTHER_APPROACH = 2
"""After so many "I don't know" it is explained in another way."""


class Seen(Protocol):
    """What the ladder needs of a move."""

    @property
    def kind(self) -> str: ...

    @property
    def right(self) -> bool | None: ...


@dataclass(frozen=True)
class Standing:
    """How far a question went.

    `level` counts the hint steps shown, `failed` the failures since the last one,
    `stuck` every "I don't know", `asked` every request for the answer.
    """

    level: int = 0
    failed: int = 0
    wrong: int = 0
    stuck: int = 0
    asked: int = 0

    @property
    def asks_left(self) -> int:
        """How many requests until the answer is shown."""
        return max(0, REQUESTS - self.asked)

    @property
    def wants_another_approach(self) -> bool:
        """Whether the way it was explained does not help."""
        return self.stuck >= OTHER_APPROACH


def standing(moves: Iterable[Seen]) -> Standing:
    """Where the question stands after these moves, oldest first."""
    level = failed = wrong = stuck = asked = 0
    for move in moves:
        match move.kind:
            case MoveKind.HINT:
                level, failed = level + 1, 0
            case MoveKind.ANSWER if not move.right:
                failed, wrong = failed + 1, wrong + 1
            case MoveKind.STUCK:
                failed, stuck = failed + 1, stuck + 1
            case MoveKind.ASKED:
                asked += 1
    return Standing(level, failed, wrong, stuck, asked)


def steps(item: Item) -> int:
    """How many hints there are before the answer itself."""
    return sum(hint.rung != "answer" for hint in item.hints)


def follows(kind: MoveKind, now: Standing, top: int) -> Sequence[MoveKind]:
    """What a move of the learner's leads to; `now` counts that move already.

    `top` is the number of hints. Nothing more happens where an empty sequence comes.
    """
    may_step = now.level < top
    match kind:
        case MoveKind.ANSWER | MoveKind.STUCK:
            return [MoveKind.HINT] if now.failed >= FAILURES and may_step else []
        case MoveKind.ASKED:
            if now.asked >= REQUESTS:
                return [MoveKind.REVEALED]
            return [MoveKind.HINT] if may_step else []
        case _:
            return []
