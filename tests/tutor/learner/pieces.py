"""Pieces of evidence in few words, at days and hours of one fixed month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tutor.learner.evidence import Kind, Piece

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONCEPT = "subnet-masks"
ERROR = "two-hosts-too-many"


def day(days: float, minutes: float = 0) -> datetime:
    """So many days after the month's first lesson."""
    return BEGIN + timedelta(days=days, minutes=minutes)


@dataclass
class Told:
    """A learner's evidence, told one piece after the other; each item is another one."""

    pieces: list[Piece] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def add(self, kind: Kind, at: datetime, **values: Any) -> Piece:
        """One more piece."""
        number = next(self.numbers)
        given = {"concept": CONCEPT, "item": f"item-{number}"} | values
        piece = Piece(id=number, kind=kind, at=at, **given)
        self.pieces.append(piece)
        return piece

    def right(self, at: datetime, **values: Any) -> Piece:
        """An open item answered right."""
        return self.add(Kind.OPEN, at, ok=True, **values)

    def wrong(self, at: datetime, **values: Any) -> Piece:
        """An open item answered wrong."""
        return self.add(Kind.OPEN, at, ok=False, **values)
