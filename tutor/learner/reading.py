"""Reads what is known of a learner from the rows; all of it made anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from chatapp.accounts.models import User
from chatapp.accounts.zones import zone_of
from chatapp.conversations.models import PathEntry
from chatapp.memories.models import AtomState
from tutor.learner.evidence import Kind, Piece
from tutor.learner.goal import key_of
from tutor.learner.replay import Replay, left, replayed
from tutor.learner.rules import Rules
from tutor.learner.state import FollowUpState, LearnerState, state_after
from tutor.models import Course
from tutor.models.learner import Claim, Evidence, FollowUp

MISCONCEPTION, GOAL = "misconception", "goal"


def rules(zone: tzinfo) -> Rules:
    """The borders of the settings, on the clock of a learner in this zone."""
    return Rules(settings.MASTERY_GATE, settings.MISCONCEPTION_ACTIVE, zone)


@dataclass(frozen=True)
class Known:
    """One learner's replay, the pieces that it was made from by their numbers, and by
    which rules; `ignored` are the misconceptions that were removed, and when.
    """

    replay: Replay
    said: Mapping[int, Piece]
    rules: Rules
    ignored: Mapping[str, datetime]


def learner_state(user: User, course: Course, now: datetime) -> LearnerState:
    """What is believed of this learner in this course at `now`. Three queries."""
    return state_at(user, course, now, known(user, course))


def state_at(user: User, course: Course, now: datetime, of: Known) -> LearnerState:
    """What this replay of theirs amounts to at `now`."""
    return state_after(of.replay, of.said, now, follow_ups=follow_ups(user, course))


def known(user: User, course: Course) -> Known:
    """The replay of what was seen of this learner in this course."""
    pieces, ignored = _read(user, course)
    borders = rules(zone_of(user))
    replay = replayed(pieces, rules=borders, ignored=ignored)
    return Known(replay, {piece.id: piece for piece in pieces}, borders, ignored)


def pieces_of(user: User, course: Course) -> list[Piece]:
    """What a replay takes, in the order of time: the evidence that counts, without what
    it says of that which the learner had removed.
    """
    return list(left(*_read(user, course)))


def counted(user: User, course: Course) -> QuerySet[Evidence]:
    """The evidence that counts: all but what was said where no path leads any more."""
    shown = PathEntry.objects.filter(message=OuterRef("message"))
    rows = Evidence.objects.filter(learner=user, course=course)
    return rows.filter(Q(said=False) | Exists(shown)).order_by("at", "id")


def forgotten(user: User, course: Course) -> dict[tuple[str, str], datetime]:
    """What the learner had removed, by type and key, and when."""
    claims = Claim.objects.filter(learner=user, course=course).filter(
        Q(forgotten_at__isnull=False) | Q(atom__state=AtomState.FORGOTTEN)
    )
    found = claims.values_list("atom_type", "key", "forgotten_at", "atom__removal__at")
    return {(kind, key): here or there for kind, key, here, there in found}


def follow_ups(user: User, course: Course) -> list[FollowUpState]:
    """What is still to be taken up again, the next first."""
    rows, zone = open_follow_ups(user).filter(course=course), zone_of(user)
    return [follow_up_state(row, zone) for row in rows]


def open_follow_ups(user: User) -> QuerySet[FollowUp]:
    """Those whose words still stand, in every course, the next first."""
    shown = PathEntry.objects.filter(message=OuterRef("message"))
    rows = FollowUp.objects.filter(learner=user, status=FollowUp.Status.OPEN)
    return rows.filter(Q(message=None) | Exists(shown)).order_by("due_at", "id")


def follow_up_state(row: FollowUp, zone: tzinfo) -> FollowUpState:
    """A row as the state holds it, with its moment on the learner's clock."""
    return FollowUpState(
        id=str(row.pk),
        text=row.text,
        due_at=row.due_at.astimezone(zone),
        concept=row.concept,
        misconception=row.misconception,
        item=row.item,
        quote=row.quote,
        raised_at=row.raised_at,
    )


def _read(user: User, course: Course) -> tuple[list[Piece], dict[str, datetime]]:
    gone = forgotten(user, course)
    ignored = {key: at for (kind, key), at in gone.items() if kind == MISCONCEPTION}
    return _kept(counted(user, course), gone), ignored


def _kept(
    rows: QuerySet[Evidence], gone: dict[tuple[str, str], datetime]
) -> list[Piece]:
    """Without the goals that were removed."""
    pieces = [row.piece() for row in rows]
    removed = {key: at for (kind, key), at in gone.items() if kind == GOAL}
    if not removed:
        return pieces
    return [
        piece
        for piece in pieces
        if piece.kind is not Kind.GOAL
        or key_of(piece.text) not in removed
        or piece.at > removed[key_of(piece.text)]
    ]
