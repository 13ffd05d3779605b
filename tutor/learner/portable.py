"""The evidence of a learner as a document, and back.

An import takes evidence and follow-ups, never beliefs: those are made anew, so that a
document can claim nothing that its evidence does not show. Evidence of a document is
bound to no message: that stayed where it was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from tutor.learner.evidence import Kind
from tutor.learner.observing import recompute
from tutor.models import Course, Evidence, FollowUp

FORMAT = "anchorage-learning"
MOST_ROWS = 100_000


class NoExport(ValueError):
    """The document is none of ours, or something in it can not be read; for people."""


@dataclass(frozen=True)
class Imported:
    """What an import brought: rows taken in, rows known before, courses not here."""

    evidence: int
    follow_ups: int
    known: int
    missing: tuple[str, ...]


def imported(user: User, document: object) -> Imported:
    """Take an export in, in one transaction; what is here already is not doubled.

    Raises NoExport and changes nothing when any of it can not be read.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NoExport(_("This is no export of what a tutor knows of a learner."))
    rows = later = known = 0
    missing = []
    with transaction.atomic():
        for listed in _list(document, "courses"):
            course = Course.objects.filter(slug=str(listed.get("course"))).first()
            if course is None:
                missing.append(str(listed.get("course")))
                continue
            new, old = _evidence_in(user, course, _list(listed, "evidence"))
            rows, known = rows + new, known + old
            later += _follow_ups_in(user, course, _list(listed, "follow_ups"))
            recompute(user, course, _at(document, "exported_at"))
    return Imported(rows, later, known, tuple(missing))


def row_of(row: Evidence) -> dict[str, Any]:
    """One piece of evidence, whole and to the microsecond."""
    return {
        "at": row.at.isoformat(),
        "concept": row.concept,
        "kind": row.kind,
        "ok": row.ok,
        "weight": row.weight,
        "hints": row.hints,
        "item": row.item,
        "question": str(row.question or ""),
        "misconception": row.misconception,
        "exposes": row.exposes,
        "explained": row.explained,
        "text": row.text,
        "quote": row.quote,
    }


def later_of(row: FollowUp) -> dict[str, Any]:
    """One follow-up that is open."""
    return {
        "due_at": row.due_at.isoformat(),
        "text": row.text,
        "concept": row.concept,
        "misconception": row.misconception,
        "item": row.item,
        "quote": row.quote,
        "created_at": row.created_at.isoformat(),
    }


def _evidence_in(
    user: User, course: Course, rows: list[Mapping[str, Any]]
) -> tuple[int, int]:
    """New rows and known ones. They are bound to no message: that stayed behind."""
    here = {_identity(row_of(row)) for row in Evidence.objects.filter(
        learner=user, course=course
    )}  # fmt: skip
    new = []
    for row in rows:
        if (identity := _identity(row)) not in here:
            here.add(identity)
            new.append(_evidence(user, course, row))
    # A question that somebody answered here already keeps its one answer.
    asked = {row.question for row in new if row.question}
    taken = set(
        Evidence.objects.filter(learner=user, question__in=asked).values_list(
            "question", flat=True
        )
    )
    kept = [row for row in new if row.question not in taken or row.question is None]
    Evidence.objects.bulk_create(kept)
    return len(kept), len(rows) - len(kept)


def _identity(row: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("at", "concept", "kind", "item", "misconception", "text", "quote")
    return tuple(str(row.get(name, "")) for name in names)


def _evidence(user: User, course: Course, row: Mapping[str, Any]) -> Evidence:
    try:
        kind = Kind(str(row["kind"]))
        exposes = [str(slug) for slug in row.get("exposes") or ()]
        question = UUID(str(row["question"])) if row.get("question") else None
        return Evidence(
            learner=user,
            course=course,
            concept=str(row["concept"])[:80],
            kind=kind.value,
            ok=None if row.get("ok") is None else bool(row["ok"]),
            weight=float(row.get("weight", 0.0)),
            hints=max(0, int(row.get("hints", 0))),
            item=str(row.get("item", ""))[:120],
            question=question,
            misconception=str(row.get("misconception", ""))[:80],
            exposes=exposes,
            explained=bool(row.get("explained", False)),
            text=str(row.get("text", ""))[:240],
            quote=str(row.get("quote", "")),
            at=_at(row, "at"),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        why = _("A piece of evidence can not be read: %(row)s.")
        raise NoExport(why % {"row": str(dict(row))[:200]}) from exc


def _follow_ups_in(user: User, course: Course, rows: list[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        _, created = FollowUp.objects.get_or_create(
            learner=user,
            course=course,
            due_at=_at(row, "due_at"),
            text=str(row.get("text", ""))[:240],
            defaults={
                "concept": str(row.get("concept", ""))[:80],
                "misconception": str(row.get("misconception", ""))[:80],
                "item": str(row.get("item", ""))[:120],
                "quote": str(row.get("quote", "")),
                "created_at": _at(row, "created_at"),
            },
        )
        count += created
    return count


def _list(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = document.get(name)
    rows = listed if isinstance(listed, list) else []
    if len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
        why = _("%(name)s is no list of at most %(most)s objects.")
        raise NoExport(why % {"name": name, "most": MOST_ROWS})
    return rows


def _at(row: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(str(row.get(name)))
    except ValueError as exc:
        why = _("%(name)s is no time: %(text)s.")
        raise NoExport(why % {"name": name, "text": str(row.get(name))[:80]}) from exc
    if at.tzinfo is None:
        raise NoExport(_("%(name)s has no time zone.") % {"name": name})
    return at
