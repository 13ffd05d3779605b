"""What a replay goes by: the two borders that an operator may move, and whose days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

GATE = 0.65
ACTIVE = 0.6


@dataclass(frozen=True)
class Rules:
    """`gate`: mean - sd from which a concept may count as mastered. `active`: P(held)
    from which a misconception that showed twice is taught against. `zone`: the clock
    on which days until a review are counted.
    """

    gate: float = GATE
    active: float = ACTIVE
    zone: tzinfo = UTC


DEFAULT = Rules()
