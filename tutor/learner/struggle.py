"""Where a learner is stuck: how likely still, falling with unaided success and with time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tutor.learner.evidence import SITTING, Kind, Piece
from tutor.learner.misconception import seen, unseen

START = 0.5
AGAIN = 0.5
"""Weight of one more sign, of the same form as a misconception's."""
OVER = 0.2
EXPIRES = timedelta(days=30)
MANY_HINTS = 2


@dataclass(frozen=True)
class Struggle:
    """P(still stuck) on one concept; `last` is the latest sign of it."""

    concept: str
    c: float
    since: datetime
    last: datetime
    pieces: tuple[int, ...] = ()
    quote: str = ""

    def is_live(self, now: datetime) -> bool:
        """Whether it still says something."""
        return self.c >= OVER and now - self.last < EXPIRES


def after(
    known: Struggle | None, piece: Piece, hints: int, missed_at: datetime | None
) -> Struggle | None:
    """With one more piece about the concept; `missed_at` is its miss before this one."""
    if _shows(piece, hints, missed_at):
        if known is None or not known.is_live(piece.at):
            return Struggle(
                piece.concept, START, piece.at, piece.at, (piece.id,), piece.quote
            )
        return replace(
            known,
            c=seen(known.c, AGAIN),
            last=piece.at,
            pieces=(*known.pieces, piece.id),
            quote=piece.quote or known.quote,
        )
    if known and piece.graded and piece.ok and hints == 0:
        return replace(known, c=unseen(known.c, 1.0), pieces=(*known.pieces, piece.id))
    return known


def denied(known: Struggle, piece: Piece) -> Struggle:
    """The learner says that they are not stuck: as by an unaided success."""
    pieces = (*known.pieces, piece.id)
    return replace(known, c=unseen(known.c, 1.0), pieces=pieces)


def _shows(piece: Piece, hints: int, missed_at: datetime | None) -> bool:
    if piece.kind in {Kind.STUCK, Kind.REVEALED}:
        return True
    if not piece.graded:
        return False
    if piece.ok is False:
        return missed_at is not None and piece.at - missed_at < SITTING
    return piece.ok is True and hints >= MANY_HINTS
