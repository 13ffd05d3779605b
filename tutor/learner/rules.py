"""The two borders that an operator may move."""

from __future__ import annotations

from dataclasses import dataclass

GATE = 0.65
ACTIVE = 0.6


@dataclass(frozen=True)
class Rules:
    """`gate`: mean - sd from which a concept may count as mastered. `active`: P(held)
    from which a misconception that showed twice is taught against.
    """

    gate: float = GATE
    active: float = ACTIVE


DEFAULT = Rules()
