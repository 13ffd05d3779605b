"""Everything about a learner as files: JSON whole, CSV of the evidence, Markdown to read.

Of every course, with each piece of evidence in the learner's own words, and the numbers
as their page shows them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from chatapp.memories.export import inline
from tutor.learner import portable
from tutor.learner.reading import counted, open_follow_ups
from tutor.models import HelpRequest
from tutor.people.courses import courses_of
from tutor.people.page import Shown, shown
from tutor.people.portrait import Belief
from tutor.people.trail import told
from tutor.sheets import Cell, as_csv

VERSION = 1
Maker = Callable[[User, datetime], str]


def as_json(user: User, now: datetime) -> str:
    """One object: what is believed in each course, all evidence, and the questions."""
    found = {
        "format": portable.FORMAT,
        "version": VERSION,
        "exported_at": now.isoformat(),
        "courses": [_course(user, each) for each in _all(user, now)],
        "questions": [
            {
                "course": asked.course.slug,
                "question": asked.question,
                "asked_at": asked.asked_at.isoformat(timespec="seconds"),
                "answer": asked.answer,
            }
            for asked in HelpRequest.objects.filter(learner=user).select_related(
                "course"
            )
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_csv_file(user: User, now: datetime) -> str:
    """One line for each piece of evidence."""
    header = [
        *(_("course"), _("concept"), _("when"), _("what"), _("right")),
        *(_("hints"), _("item"), _("mix-up"), _("your words")),
    ]
    return as_csv(header, _lines(user, now))


def as_markdown(user: User, now: datetime) -> str:
    """The page for reading."""
    day = f"{timezone.localtime(now):%Y-%m-%d}"
    parts = [f"# {_('Your learning')}\n\n{_('Exported on %(day)s.') % {'day': day}}"]
    parts += [_readable(each) for each in _all(user, now)]
    if len(parts) == 1:
        parts.append(_("Nothing is known about you as a learner yet."))
    return "\n\n".join(parts) + "\n"


KINDS: Mapping[str, tuple[Maker, str]] = MappingProxyType(
    {
        "json": (as_json, "application/json"),
        "csv": (as_csv_file, "text/csv"),
        "md": (as_markdown, "text/markdown"),
    }
)
"""How each kind of file is made, and its media type."""


def _all(user: User, now: datetime) -> Iterator[Shown]:
    for course in courses_of(user):
        yield shown(user, course, now, lambda _kind, _key: "")


def _course(user: User, found: Shown) -> dict[str, Any]:
    portrait = found.portrait
    return {
        "course": found.course.slug,
        "title": found.course.title,
        "concepts": [
            {
                "concept": each.slug,
                "title": each.title,
                "believed": each.words,
                "mean": each.state.mean,
                "sd": each.state.sd,
                "confidence": each.state.confidence,
                "observations": each.n,
                "reached_at": _time(each.state.mastered_at),
                "due_at": _time(each.state.due_at),
            }
            for each in portrait.concepts
        ],
        "beliefs": [
            {
                "kind": each.kind,
                "about": each.concept or each.text,
                "text": each.text,
                "state": each.label,
                "confidence": each.confidence,
                "observations": each.n,
                "quote": each.quote,
            }
            for each in _beliefs(found)
        ],
        "follow_ups": [
            portable.later_of(row)
            for row in open_follow_ups(user).filter(course=found.course)
        ],
        "evidence": [portable.row_of(row) for row in counted(user, found.course)],
    }


def _lines(user: User, now: datetime) -> Iterator[Sequence[Cell]]:
    for found in _all(user, now):
        known = found.content
        for row in counted(user, found.course):
            concept = known.concepts.get(row.concept)
            error = known.misconceptions.get(row.misconception)
            yield [
                found.course.title,
                concept.title if concept else row.concept,
                _time(row.at),
                told(row.piece()),
                {True: _("yes"), False: _("no"), None: ""}[row.ok],
                row.hints,
                row.item,
                error.statement if error else row.misconception,
                row.quote,
            ]


def _readable(found: Shown) -> str:
    lines = [f"## {inline(found.course.title)}", ""]
    for each in found.portrait.concepts:
        said = f"- **{inline(each.title)}**: {each.words}"
        if each.n:
            said += f" ({each.percent} % ± {each.give_or_take}, n = {each.n})"
        lines.append(said)
    for belief in _beliefs(found):
        title = inline(f"{belief.lead} {belief.text}".strip())
        lines += ["", f"### {title}", ""]
        lines.append(f"*{belief.label}, {belief.percent} %, n = {belief.n}*")
        if belief.quote:
            lines += ["", f"> {inline(belief.quote)}"]
    return "\n".join(lines)


def _beliefs(found: Shown) -> list[Belief]:
    portrait = found.portrait
    return [
        *portrait.mix_ups,
        *portrait.previously,
        *portrait.disputed,
        *portrait.struggles,
        *portrait.approaches,
        *portrait.goals,
    ]


def _time(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else ""
