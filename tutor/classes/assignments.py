"""Assignments: what is to be practised until when, and how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from tutor.classes.group import AT_LEAST
from tutor.content.course import CourseContent
from tutor.learner.evidence import GRADED
from tutor.models import Assignment, Evidence


@dataclass(frozen=True)
class AssignmentShown:
    """One assignment. `done` is how many learners have practised all of it since it was
    given, out of `learners`; None where fewer than three are counted.
    """

    assignment: Assignment
    titles: Sequence[str]
    is_over: bool
    learners: int
    done: int | None


def progress_of(
    assignment: Assignment,
    content: CourseContent,
    counted: Collection[int],
    today: date,
) -> AssignmentShown:
    """The assignment over the learners with these ids."""
    wanted = [slug for slug in assignment.concepts if slug in content.concepts]
    practised = practised_since(assignment, counted)
    enough = len(counted) >= AT_LEAST
    done = sum(1 for pk in counted if practised.get(pk, set()) >= set(wanted))
    return AssignmentShown(
        assignment=assignment,
        titles=[content.concepts[slug].title for slug in wanted],
        is_over=assignment.due_on < today,
        learners=len(counted),
        done=done if enough else None,
    )


def practised_since(
    assignment: Assignment, learners: Collection[int]
) -> dict[int, set[str]]:
    """Which of its concepts each learner has answered something about since it was given."""
    rows = Evidence.objects.filter(
        learner__in=list(learners),
        course=assignment.classroom.course_id,
        concept__in=assignment.concepts,
        kind__in=[kind.value for kind in GRADED],
        at__gte=assignment.given_at,
    )
    found: dict[int, set[str]] = {}
    for learner, concept in rows.values_list("learner", "concept").distinct():
        found.setdefault(learner, set()).add(concept)
    return found
