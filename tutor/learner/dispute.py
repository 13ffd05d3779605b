"""The learner's word on what is believed of them: wrong, right, ask me again, remove it.

Each moves the belief by a rule that is written down, and none deletes evidence but the
last, which forgets the words as the Memory panel does.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from chatapp.memories import forgetting
from chatapp.memories.models import HELD
from tutor.content.library import content
from tutor.learner import follow_ups
from tutor.learner.evidence import Kind
from tutor.learner.goal import key_of
from tutor.learner.observing import Observed, Seen, observe, recompute
from tutor.models.learner import Claim, Evidence


def dispute(user: User, claim: Claim, *, now: datetime | None = None) -> None:
    """ "That's wrong": lowers the confidence and schedules a probe.

    A misconception falls to its prior; a concept counts as shown no more until it is
    answered unaided again; a goal or follow-up ends. Raises PermissionError for another
    person's claim.
    """
    at = _mine(user, claim, now)
    with transaction.atomic():
        match claim.atom_type:
            case "misconception":
                _say(user, claim, Kind.DISPUTED, at, misconception=claim.key)
                _probe(user, claim, at)
            case "concept_mastered" | "struggle_point":
                _say(user, claim, Kind.DISPUTED, at, text=claim.atom_type)
                _probe(user, claim, at)
            case "learning_style":
                name = claim.key.partition("/")[2]
                _say(user, claim, Kind.DISPUTED, at, text=f"{claim.atom_type}/{name}")
            case "goal":
                _say(user, claim, Kind.GOAL, at, ok=False, text=_goal(claim))
            case _:
                follow_ups.cancelled(UUID(claim.key), at)


def confirm(user: User, claim: Claim, *, now: datetime | None = None) -> None:
    """ "That's right": one more piece of evidence, where the learner's word is one.

    A misconception rises as by a stated error, a goal counts as said. Of what the
    learner can do only answers say something: there it changes nothing.
    """
    at = _mine(user, claim, now)
    match claim.atom_type:
        case "misconception":
            _say(user, claim, Kind.CONFIRMED, at, misconception=claim.key)
        case "goal":
            _say(user, claim, Kind.GOAL, at, ok=True, text=_goal(claim))
        case "struggle_point":
            _say(user, claim, Kind.STUCK, at)


def retest(user: User, claim: Claim, *, now: datetime | None = None) -> None:
    """ "Ask me again": schedules a probe; no number moves before it is answered."""
    _probe(user, claim, _mine(user, claim, now))


def forget(user: User, claim: Claim, *, now: datetime | None = None) -> None:
    """Remove it: what was seen of it until now is not believed any more."""
    at = _mine(user, claim, now)
    with transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(forgotten_at=at)
        if claim.atom is not None and claim.atom.state in HELD:
            forgetting.forget(claim.atom.pk)
        recompute(user, claim.course, at)


def _mine(user: User, claim: Claim, now: datetime | None) -> datetime:
    if claim.learner_id != user.pk:
        msg = "another learner's claim"
        raise PermissionError(msg)
    return now or timezone.now()


def _say(
    user: User,
    claim: Claim,
    kind: Kind,
    at: datetime,
    *,
    ok: bool | None = None,
    misconception: str = "",
    text: str = "",
) -> Observed:
    seen = Seen(
        concept=claim.concept,
        kind=kind,
        at=at,
        ok=ok,
        misconception=misconception,
        text=text,
    )
    return observe(user, claim.course, seen)


def _goal(claim: Claim) -> str:
    """The goal as it was written."""
    rows = Evidence.objects.filter(
        learner=claim.learner, course=claim.course, kind=Kind.GOAL
    )
    written = rows.order_by("-at").values_list("text", flat=True)
    return next((text for text in written if key_of(text) == claim.key), claim.key)


def _probe(user: User, claim: Claim, at: datetime) -> None:
    is_error = claim.atom_type == "misconception"
    concept = content(claim.course).concepts.get(claim.concept)
    title = concept.title if concept else claim.concept.replace("-", " ")
    follow_ups.schedule(
        user,
        claim.course,
        _("Check once more: %(title)s") % {"title": title},
        at,
        now=at,
        concept=claim.concept,
        misconception=claim.key if is_error else "",
    )
