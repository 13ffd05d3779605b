"""A class as tables for a spreadsheet: the same sums as on its page, never more."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from tutor.classes.assignments import progress_of
from tutor.classes.figures import Figures, figures
from tutor.content.library import content
from tutor.models import Classroom
from tutor.sheets import Cell, as_csv

TABLES = ("concepts", "mix-ups", "assignments", "learners")
Table = tuple[list[str], list[list[Cell]]]


def table(room: Classroom, name: str, now: datetime) -> str:
    """One table as CSV. Raises KeyError for a name that is none of `TABLES`."""
    made = {
        "concepts": _concepts,
        "mix-ups": _mix_ups,
        "assignments": _assignments,
        "learners": _learners,
    }[name]
    header, rows = made(room, figures(room, now), now)
    return as_csv(header, rows)


def _concepts(_room: Classroom, told: Figures, _now: datetime) -> Table:
    header = [
        *(_("concept"), _("learners"), _("observations")),
        *(_("estimate in percent"), _("reached"), _("due for refresh")),
    ]
    return header, [
        [each.title, each.learners, each.answers, each.percent, each.reached, each.due]
        if each.is_shown
        else [each.title, _("fewer than three"), None, None, None, None]
        for each in told.concepts
    ]


def _mix_ups(_room: Classroom, told: Figures, _now: datetime) -> Table:
    header = [_("mix-up"), _("what is so"), _("concept"), _("learners"), _("quotes")]
    return header, [
        [
            *(each.statement, each.correction, each.concept, each.learners),
            " | ".join(f"“{quote}”" for quote in each.quotes),
        ]
        for each in told.mix_ups
    ]


def _assignments(room: Classroom, told: Figures, now: datetime) -> Table:
    course, today = content(room.course), timezone.localdate(now)
    shown = [
        progress_of(each, course, told.states.keys(), today)
        for each in room.assignments.select_related("classroom")
    ]
    header = [_("assignment"), _("concepts"), _("due"), _("learners"), _("practised")]
    return header, [
        [
            each.assignment.title,
            "; ".join(each.titles),
            each.assignment.due_on.isoformat(),
            each.learners if each.done is not None else _("fewer than three"),
            each.done,
        ]
        for each in shown
    ]


def _learners(room: Classroom, told: Figures, _now: datetime) -> Table:
    """Who is in the class; numbers only of those who let their teacher see them."""
    header = [
        *(_("learner"), _("joined"), _("lets you see their page")),
        *(_("observations"), _("concepts reached"), _("mix-ups")),
    ]
    return header, [
        [
            each.name,
            timezone.localdate(each.joined_at).isoformat(),
            _("yes") if each.shares_since else _("no"),
            *_own(each.learner_id, told, is_seen=bool(each.shares_since)),
        ]
        for each in room.memberships.all()
    ]


def _own(learner: int, told: Figures, *, is_seen: bool) -> list[Cell]:
    state = told.everybody.get(learner) if is_seen else None
    if state is None:
        return [None, None, None]
    concepts = state.concepts.values()
    return [
        sum(each.n for each in concepts),
        sum(1 for each in concepts if each.mastered_at),
        len(state.active),
    ]
