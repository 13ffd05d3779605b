"""Everything that a learner's page shows of one course, gathered once.

The page of the learner and the one that a teacher may see are made here alike; only
the addresses of the trails differ, and what one can do there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from chatapp.accounts.zones import zone_of
from chatapp.conversations.markdown import render
from tutor.content.course import CourseContent
from tutor.content.library import content
from tutor.learner import naming
from tutor.learner.reading import counted, learner_state, pieces_of, rules
from tutor.learner.replay import Replay
from tutor.learner.state import FollowUpState, LearnerState
from tutor.models import Assignment, Claim, Course, Evidence
from tutor.people.calendar import Calendar, Due, Sort, calendar
from tutor.people.concept_map import Map, concept_map
from tutor.people.portrait import (
    Address,
    Belief,
    ConceptShown,
    Portrait,
    portrait,
)
from tutor.people.progress import Progress, progress
from tutor.people.trail import history
from tutor.people.trail import trail as trail_of

PHONE = (3, 340.0)
DESK = (5, 900.0)
"""Concepts side by side, and the width of the drawing."""


@dataclass(frozen=True)
class Shown:
    """One learner in one course, as a page shows them."""

    course: Course
    content: CourseContent
    state: LearnerState
    portrait: Portrait
    maps: Sequence[tuple[str, Map]]
    progress: Progress | None
    calendar: Calendar


def shown(
    user: User,
    course: Course,
    now: datetime,
    trail: Address,
    assignments: Iterable[Assignment] = (),
) -> Shown:
    """The learner in this course at `now`; `assignments` stand in the calendar."""
    known, state = content(course), learner_state(user, course, now)
    told = portrait(
        state,
        known,
        trail,
        said=naming.names_of(user, course).misconceptions,
        claims=_claims(user, course),
    )
    moves = history(
        pieces_of(user, course),
        {slug: concept.title for slug, concept in known.concepts.items()},
        Replay(rules(zone_of(user))),
    )
    return Shown(
        course=course,
        content=known,
        state=state,
        portrait=told,
        maps=[
            (name, concept_map(told.concepts, columns=columns, width=width))
            for name, (columns, width) in (("phone", PHONE), ("desk", DESK))
        ],
        progress=progress(moves, len(known.concepts), now),
        calendar=calendar(
            [*_reviews(told, state, known), *_assigned(assignments)],
            timezone.localdate(now),
        ),
    )


def _claims(user: User, course: Course) -> dict[tuple[str, str], UUID]:
    rows = Claim.objects.filter(
        # What was removed can be answered once more has been seen of it.
        Q(forgotten_at=None) | Q(changed_at__gt=F("forgotten_at")),
        learner=user,
        course=course,
    )
    return {
        (kind, key): pk for kind, key, pk in rows.values_list("atom_type", "key", "pk")
    }


def _reviews(told: Portrait, state: LearnerState, known: CourseContent) -> list[Due]:
    """Reviews of concepts, probes of mix-ups, and what was agreed to take up again."""
    reviews = [
        Due(_day(each.state.due_at), Sort.REVIEW, each.title)
        for each in told.concepts
        if each.state.due_at
    ]
    probes = [
        Due(_day(each.due_at), Sort.PROBE, known.misconceptions[each.slug].statement)
        for each in state.misconceptions.values()
        if each.due_at and each.is_claimed and each.slug in known.misconceptions
    ]
    agreed = [_agreed(each, known) for each in state.follow_ups]
    return [*reviews, *probes, *agreed]


def _agreed(each: FollowUpState, known: CourseContent) -> Due:
    """A follow-up; one that checks a mix-up is told by what it is about."""
    on = _day(each.due_at)
    if each.misconception in known.misconceptions:
        statement = known.misconceptions[each.misconception].statement
        return Due(on, Sort.PROBE, statement, each.quote)
    return Due(on, Sort.FOLLOW_UP, each.text, each.quote)


def _assigned(assignments: Iterable[Assignment]) -> list[Due]:
    return [
        Due(
            each.due_on,
            Sort.ASSIGNMENT,
            _("%(title)s (%(room)s)")
            % {"title": each.title, "room": each.classroom.title},
        )
        for each in assignments
    ]


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def steps_of(
    user: User, course: Course, kind: str, key: str, now: datetime
) -> dict[str, object] | None:
    """A claim with its trail, newest first; None for what nothing is known of."""
    told = shown(user, course, now, lambda _kind, _key: "")
    about = _about(told.portrait, kind, key)
    if about is None:
        return None
    replay = Replay(rules(zone_of(user)))
    steps = trail_of(pieces_of(user, course), kind, key, replay)
    by_id = {row.pk: row for row in counted(user, course).select_related("message")}
    return {
        "about": about,
        "heading": about.title if isinstance(about, ConceptShown) else about.text,
        "summary": about.words if isinstance(about, ConceptShown) else about.label,
        "steps": [
            (step, _where(by_id[step.id]), _asked(told.content, step.item))
            for step in reversed(steps)
        ],
    }


def _about(told: Portrait, kind: str, key: str) -> ConceptShown | Belief | None:
    groups: dict[str, Sequence[ConceptShown | Belief]] = {
        "concept": [each for each in told.concepts if each.n],
        "misconception": [*told.mix_ups, *told.previously, *told.disputed],
        "struggle": told.struggles,
        "approach": told.approaches,
        "goal": told.goals,
    }
    found = groups.get(kind, ())
    return next(
        (e for e in found if (e.slug if isinstance(e, ConceptShown) else e.key) == key),
        None,
    )


def _where(row: Evidence) -> str:
    """The message in which it was said; empty when it stands in none."""
    if row.message is None:
        return ""
    page = reverse("conversations:open", args=[row.message.conversation_id])
    return f"{page}?at={row.message_id}#message-{row.message_id}"


def _asked(known: CourseContent, item: str) -> str:
    """The question as HTML."""
    found = known.items.get(item)
    return render(found.prompt) if found else ""
