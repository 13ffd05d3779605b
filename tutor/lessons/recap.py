"""The recap that ends a lesson: what moved, why, and what is next; kept with it.

Every line names the evidence behind it. What must come back becomes a follow-up with a
date. Written by the server from the same recompute that pages and atoms come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import User
from chatapp.accounts.zones import zone_of
from chatapp.conversations.models import Conversation, Message
from tutor.content.course import CourseContent
from tutor.content.library import content
from tutor.learner import days, follow_ups
from tutor.learner.evidence import SITTING
from tutor.learner.reading import learner_state
from tutor.learner.state import LearnerState
from tutor.lessons import ladder, practising, reading
from tutor.lessons.plan import title_of
from tutor.lessons.snapshot import before_of, snapshot
from tutor.models import Course, Evidence, Lesson, Question
from tutor.models.lesson import QuestionState

TOMORROW = 1
DELAYED = 3
"""In days of the learner's: when a misconception that did not show is probed once more."""
MOVED = 0.01
MOST_QUOTES = 2
MOST_IDLE = 3
MOST_REVIEWS = 3
QUOTED = 200


def end(conversation: Conversation) -> Lesson:
    """End the lesson, once: schedule what must come back, and keep the recap."""
    with practising.held(conversation) as lesson:
        if lesson.ended_at is not None:
            return lesson
        now = timezone.now()
        course = content(lesson.course)
        user = conversation.user
        state = learner_state(user, lesson.course, now)
        _schedule(lesson, course, state, now)
        lesson.recap = recap(lesson, course, learner_state(user, lesson.course, now))
        lesson.ended_at = now
        lesson.save(update_fields=["recap", "ended_at"])
        return lesson


def recap(lesson: Lesson, course: CourseContent, state: LearnerState) -> dict[str, Any]:
    """What moved since the lesson began, with the evidence; plain values for JSON."""
    before = lesson.before or snapshot(state)
    moved = [
        *_concepts_moved(before, course, state),
        *_misconceptions_moved(before, course, state),
    ]
    quotes = _quotes(number for line in moved for number in line["evidence"])
    for line in moved:
        said = [quotes[n] for n in line["evidence"] if n in quotes]
        line["quotes"] = list(dict.fromkeys(said))[-MOST_QUOTES:]
    return {
        "counts": _counts(lesson),
        "moved": moved,
        "next": list(_next(course, state)),
    }


def _next(course: CourseContent, state: LearnerState) -> Iterable[dict[str, str]]:
    """What comes back and when: follow-ups, then the reviews that are due first."""
    owed = state.follow_ups
    for later in owed:
        yield {
            "id": later.id,
            "text": later.text,
            "due_at": later.due_at.isoformat(),
        }
    taken = {later.concept for later in owed}
    due = [
        (known.due_at, known.concept)
        for known in state.concepts.values()
        if known.due_at and known.due_at > state.now and known.concept not in taken
    ]
    for at, concept in sorted(due)[:MOST_REVIEWS]:
        title = title_of(course, concept)
        text = _("Refresh: %(title)s") % {"title": title}
        yield {"id": "", "text": text, "due_at": at.isoformat()}


def _concepts_moved(
    before: Mapping[str, Any], course: CourseContent, state: LearnerState
) -> Iterable[dict[str, Any]]:
    for slug, known in state.concepts.items():
        then = before_of(before, "concepts", slug)
        was = float(then.get("mean", 0.5))
        fresh = [n for n in known.evidence if n not in then.get("evidence", ())]
        if not fresh or abs(known.mean - was) < MOVED:
            continue
        yield {
            "kind": "concept",
            "slug": slug,
            "title": title_of(course, slug),
            "was": round(was, 2),
            "now": round(known.mean, 2),
            "sd": round(known.sd, 2),
            "n": known.n,
            "standing": known.standing,
            "evidence": fresh,
        }


def _misconceptions_moved(
    before: Mapping[str, Any], course: CourseContent, state: LearnerState
) -> Iterable[dict[str, Any]]:
    for slug, belief in state.misconceptions.items():
        then = before_of(before, "misconceptions", slug)
        was = float(then.get("c", 0.3))
        fresh = [n for n in belief.evidence if n not in then.get("evidence", ())]
        if not fresh or not belief.is_claimed or abs(belief.c - was) < MOVED:
            continue
        known = course.misconceptions.get(slug)
        yield {
            "kind": "misconception",
            "slug": slug,
            "title": known.statement if known else belief.quote or slug,
            "was": round(was, 2),
            "now": round(belief.c, 2),
            "n": belief.sightings,
            "standing": str(belief.state),
            "evidence": fresh,
        }


def _quotes(numbers: Iterable[int]) -> dict[int, str]:
    rows = Evidence.objects.filter(pk__in=set(numbers)).exclude(quote="")
    return dict(rows.values_list("pk", "quote"))


def _counts(lesson: Lesson) -> dict[str, int]:
    counts = dict.fromkeys(
        ("asked", "unaided", "aided", "revealed", "missed", "left", "hints"), 0
    )
    for question in lesson.questions.prefetch_related("moves"):
        moves = list(question.moves.all())
        counts["asked"] += 1
        counts["hints"] += ladder.standing(moves).level
        if question.state == QuestionState.RIGHT:
            counts["unaided" if reading.is_unaided(moves) else "aided"] += 1
        counts["revealed"] += question.state == QuestionState.REVEALED
        counts["missed"] += question.state == QuestionState.MISSED
        counts["left"] += question.state in {
            QuestionState.OPEN,
            QuestionState.SET_ASIDE,
        }
    return counts


def _schedule(
    lesson: Lesson, course: CourseContent, state: LearnerState, now: datetime
) -> None:
    """What must come back, each thing once, with a date."""
    user = lesson.conversation.user
    zone = zone_of(user)
    known = {(owed.concept, owed.misconception) for owed in state.follow_ups}
    for question in lesson.questions.prefetch_related("moves__message"):
        text = _again(question, title_of(course, question.concept))
        if not text or (question.concept, "") in known:
            continue
        known.add((question.concept, ""))
        said = _said(question)
        follow_ups.schedule(
            user,
            lesson.course,
            text,
            days.days_after(now, TOMORROW, zone),
            now=now,
            concept=question.concept,
            item=question.item if question.state == QuestionState.OPEN else "",
            message=said,
            quote=said.text[:QUOTED] if said else "",
        )
    for belief in state.active():
        if (belief.concept, belief.slug) in known:
            continue
        passed = _passed_today(lesson, course, belief.slug)
        title = title_of(course, belief.concept)
        shown = (
            Evidence.objects.filter(pk__in=belief.evidence)
            .exclude(message=None)
            .exclude(quote="")
            .order_by("at")
            .last()
        )
        follow_ups.schedule(
            user,
            lesson.course,
            _("Check once more: %(title)s") % {"title": title},
            days.days_after(now, DELAYED if passed else TOMORROW, zone),
            now=now,
            concept=belief.concept,
            misconception=belief.slug,
            message=shown.message if shown else None,
            quote=shown.quote if shown else "",
        )


def _again(question: Question, title: str) -> str:
    if question.state == QuestionState.OPEN:
        return _("Finish the question about %(title)s") % {"title": title}
    if question.state == QuestionState.REVEALED:
        return _("Try %(title)s again without help") % {"title": title}
    return ""


def _said(question: Question) -> Message | None:
    """The learner's last words on a question: what is put off needs literal ones."""
    said = [move.message for move in question.moves.all() if move.message]
    return said[-1] if said else None


def _passed_today(lesson: Lesson, course: CourseContent, slug: str) -> bool:
    return any(
        slug in item.exposes and reading.is_unaided(question.moves.all())
        for question in lesson.questions.prefetch_related("moves")
        if (item := course.items.get(question.item)) is not None
    )


def end_idle(user: User, course: Course) -> None:
    """End the lessons of a course that were left without a word some time ago."""
    idle = Lesson.objects.filter(
        conversation__user=user,
        course=course,
        ended_at=None,
        conversation__updated_at__lt=timezone.now() - SITTING,
    ).exclude(conversation__title="")  # one that nobody answered in waits to be used
    for lesson in idle.select_related("conversation")[:MOST_IDLE]:
        end(lesson.conversation)
