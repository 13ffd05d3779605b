"""Takes one piece of evidence in: a row, a replay, and what changed by it.

All of it in the caller's transaction, in order per learner. The service hears of it by
a job. Nothing here asks a model or waits for the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from chatapp.accounts.models import User
from chatapp.conversations.models import Message
from chatapp.memories.anchors import anchor_for
from chatapp.memories.models import Anchor
from tutor.learner import many, naming
from tutor.learner.evidence import Kind, Piece
from tutor.learner.mastery import weight_of
from tutor.learner.reading import known, learner_state, state_at
from tutor.learner.settling import Change, settle
from tutor.learner.state import LearnerState
from tutor.models import Course
from tutor.models.learner import Evidence

LANE, KEY = "tutor", "learner"
"""Of the one anchor that a learner has, whatever the course."""
QUOTE_CHARS = 240
SAID = frozenset(
    {
        *(Kind.STATED, Kind.ASSERTED, Kind.JUDGED, Kind.INFERRED),
        *(Kind.STUCK, Kind.GOAL, Kind.APPROACH),
    }
)
"""Kinds that were heard in a message: they count while it stands."""


class NoQuote(ValueError):
    """The words given as proof do not stand in the message."""


@dataclass(frozen=True)
class Seen:
    """What was seen of a learner, as `observe` takes it; see `Piece` for the meanings.

    `question` is the posed question that it answers: it counts once. `message` is where
    the quote stands, literally.
    """

    concept: str
    kind: Kind
    at: datetime
    ok: bool | None = None
    hints: int = 0
    item: str = ""
    question: UUID | None = None
    misconception: str = ""
    exposes: Sequence[str] = ()
    explained: bool = False
    text: str = ""
    quote: str = ""
    message: Message | None = None


@dataclass(frozen=True)
class Observed:
    """What came of it. `is_new` is False for what was taken in before: it counts once."""

    evidence: Evidence
    state: LearnerState
    changes: Sequence[Change] = field(default=())
    is_new: bool = True


def observe(
    user: User, course: Course, seen: Seen, *, record_id: int | None = None
) -> Observed:
    """Take it in and bring claims and atoms in line; part of the caller's transaction.

    Raises NoQuote when the quote of something said is not in its message.
    """
    quote = _quote(seen)
    with transaction.atomic():
        anchor = hold(user)
        evidence, is_new = _row(user, course, seen, quote)
        if not is_new:
            return Observed(evidence, learner_state(user, course, seen.at), (), False)
        state, changes = recompute(
            user, course, seen.at, anchor=anchor, record_id=record_id
        )
    return Observed(evidence, state, changes)


def recompute(
    user: User,
    course: Course,
    now: datetime,
    *,
    anchor: Anchor | None = None,
    record_id: int | None = None,
) -> tuple[LearnerState, list[Change]]:
    """Make everything anew from the rows; in a transaction."""
    held = anchor or hold(user)
    made = known(user, course)
    state = state_at(user, course, now, made)
    many.note(user.pk, course, made)
    names = naming.names_of(user, course)
    return state, settle(user, course, state, names, anchor=held, record_id=record_id)


def hold(user: User) -> Anchor:
    """The learner's anchor, held until the transaction ends: one change at a time."""
    anchor = anchor_for(user, LANE, KEY)
    return Anchor.objects.select_for_update(no_key=True).get(pk=anchor.pk)


def _quote(seen: Seen) -> str:
    """The words that prove it, literally as they stand in the message."""
    words = seen.quote if seen.kind in SAID else seen.quote[:QUOTE_CHARS]
    if seen.kind in SAID and words and seen.message is not None:
        flat = " ".join(seen.message.text.split())
        if words not in seen.message.text and words not in flat:
            raise NoQuote(words)
    return words


def _row(user: User, course: Course, seen: Seen, quote: str) -> tuple[Evidence, bool]:
    piece = Piece(0, seen.concept, seen.kind, seen.at, seen.ok, seen.hints)
    said = seen.kind in SAID and seen.message is not None
    values = {
        "ok": seen.ok,
        "weight": weight_of(piece, seen.hints),
        "hints": seen.hints,
        "item": seen.item,
        "exposes": list(seen.exposes),
        "explained": seen.explained,
        "quote": quote,
        "at": seen.at,
    }
    about = {
        "learner": user,
        "course": course,
        "concept": seen.concept,
        "kind": seen.kind.value,
        "misconception": seen.misconception,
        "text": seen.text[:QUOTE_CHARS],
        "message": seen.message,
        "said": said,
    }
    if seen.question is not None:
        same = {"learner": user, "question": seen.question}
        return Evidence.objects.get_or_create(**same, defaults=about | values)
    if said:
        return Evidence.objects.get_or_create(**about, defaults=values)
    return Evidence.objects.create(**about, **values), True
