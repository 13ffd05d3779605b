"""What happens with a question, each in one transaction: put, answered, helped, closed.

The conversation's row orders everything, as it does for messages. Answers come as
messages of the conversation, so that they are never lost and carry the learner's literal
words; they are graded here, and no model has a say in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chatapp.conversations.models import Conversation, Message
from tutor.content.course import Item
from tutor.content.grading import grade
from tutor.content.library import content
from tutor.learner import follow_ups
from tutor.learner.answering import answered, revealed
from tutor.learner.evidence import Kind
from tutor.learner.observing import Seen, observe
from tutor.learner.state import LearnerState
from tutor.lessons import ladder, policy, reading
from tutor.lessons.guidance import approach_for
from tutor.lessons.hearing import request_in
from tutor.lessons.snapshot import snapshot
from tutor.models import Lesson, Move, Question
from tutor.models.lesson import Mode, MoveKind, Purpose, QuestionState

KEYS = uuid.UUID("5b1e2c0e-53a4-4d4e-9c51-0f3f4a3d8c77")
"""Namespace of the keys that the card's forms carry."""
QUOTED = 200
BY_MESSAGE = (MoveKind.ANSWER, MoveKind.STUCK, MoveKind.ASKED)


def key_of(question: Question, kind: MoveKind, number: int) -> UUID:
    """The idempotency key of a question's next move of that kind, the `number`th."""
    return uuid.uuid5(KEYS, f"{question.pk}:{kind}:{number}")


def next_key(question: Question, kind: MoveKind) -> UUID:
    """The key for the form that makes this move next."""
    return key_of(question, kind, sum(m.kind == kind for m in question.moves.all()))


@contextmanager
def held(conversation: Conversation) -> Iterator[Lesson]:
    """The conversation's lesson, in a transaction that nobody else changes it in."""
    with transaction.atomic():
        Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        yield reading.lesson_of(conversation)


def begin(conversation: Conversation, mode: Mode) -> None:
    """The learner chose how to begin."""
    with held(conversation) as lesson:
        if lesson.mode == Mode.CHOOSING and lesson.ended_at is None:
            lesson.mode = mode
            lesson.save(update_fields=["mode"])
        put_next(lesson, timezone.now())


def go_on(conversation: Conversation) -> None:
    """Put the next question; one that is open stays."""
    with held(conversation) as lesson:
        put_next(lesson, timezone.now())


def put_next(lesson: Lesson, now: datetime) -> Question | None:
    """The question to be answered now; None when there is none today."""
    if lesson.ended_at is not None or lesson.mode == Mode.CHOOSING:
        return None
    if (question := reading.open_question(lesson)) is not None:
        return question
    at = reading.situation(lesson, now)
    if not lesson.before:
        lesson.before = snapshot(at.state)
        lesson.save(update_fields=["before"])
    step = _step(lesson, at)
    if step is None:
        return None
    _take_over(lesson, step.item)
    question = Question.objects.create(
        lesson=lesson,
        item=step.item,
        concept=step.concept,
        purpose=step.purpose,
        follow_up=step.follow_up,
        opened_at=now,
    )
    if step.follow_up:
        follow_ups.raised(UUID(step.follow_up), now)
    return question


def hint(conversation: Conversation, question_id: int, key: UUID) -> None:
    """Show the next step; past the last one it counts as a request for the answer."""
    with held(conversation) as lesson:
        question = _its_open(lesson, question_id)
        item = reading.item_of(question) if question else None
        if question is None or item is None or question.purpose == Purpose.DIAGNOSTIC:
            return
        if question.moves.filter(key=key).exists():
            return
        now = timezone.now()
        standing = ladder.standing(question.moves.all())
        if standing.level < ladder.steps(item):
            _note(question, MoveKind.HINT, key, now, level=standing.level)
        else:
            take(question, item, MoveKind.ASKED, key, now)


def set_aside(conversation: Conversation, question_id: int) -> None:
    """Go on without an answer: it is no evidence, and the question may come again."""
    with held(conversation) as lesson:
        question = _its_open(lesson, question_id)
        if question is not None:
            now = timezone.now()
            _note(question, MoveKind.SET_ASIDE, uuid.uuid4(), now)
            _close(question, QuestionState.SET_ASIDE, now)
            put_next(lesson, now)


def heard(conversation: Conversation, message: Message) -> None:
    """A message of the learner's: an answer, a request, or talk, which moves nothing."""
    lesson = reading.lesson_of(conversation)
    _taken_up(lesson, timezone.now())
    question = reading.open_question(lesson)
    item = reading.item_of(question) if question else None
    if question is None or item is None:
        return
    kind = kind_of(question, item, message)
    if kind is MoveKind.HINT:
        if ladder.standing(question.moves.all()).level < ladder.steps(item):
            _note(question, kind, message.pk, timezone.now(), message=message)
            return
        kind = MoveKind.ASKED
    if kind is not None:
        take(question, item, kind, message.key or message.pk, timezone.now(), message)


def kind_of(question: Question, item: Item, message: Message) -> MoveKind | None:
    """What a message does to the open question; by its key when it came from the card."""
    moves = list(question.moves.all())
    for kind in BY_MESSAGE:
        sent = range(sum(move.kind == kind for move in moves) + 1)
        if message.key in {key_of(question, kind, number) for number in sent}:
            return kind
    text = message.text.strip()
    if item.kind == "numeric" and _is_bare_number(text) and grade(item, text).readable:
        return MoveKind.ANSWER
    if item.kind == "choice" and text in item.choices:
        return MoveKind.ANSWER
    return request_in(text)


def take(
    question: Question,
    item: Item,
    kind: MoveKind,
    key: UUID,
    now: datetime,
    message: Message | None = None,
) -> None:
    """One move of the learner's and what follows from it."""
    standing = ladder.standing(question.moves.all())
    text = message.text if message else ""
    user, course = question.lesson.conversation.user, question.lesson.course
    if kind is MoveKind.ANSWER:
        verdict = grade(item, text)
        if not verdict.readable:
            return
        _note(
            question,
            kind,
            key,
            now,
            message=message,
            level=standing.level,
            text=text,
            right=verdict.right,
            misconception=verdict.misconception or "",
        )
        answered(
            user,
            course,
            item,
            verdict,
            text,
            at=now,
            question=key,
            hints=standing.level,
            message=message,
        )
        if verdict.right:
            _close(question, QuestionState.RIGHT, now)
            return
    else:
        _note(
            question, kind, key, now, message=message, level=standing.level, text=text
        )
    if question.purpose == Purpose.DIAGNOSTIC:
        # It asks what is known, and teaches nothing: one try, no ladder.
        _close(question, QuestionState.MISSED, now)
        return
    if kind is MoveKind.STUCK:
        _observe_stuck(question, now, message)
    after = ladder.standing(_moves(question))
    for next_kind in ladder.follows(kind, after, ladder.steps(item)):
        _note(question, next_kind, key, now, level=after.level)
        if next_kind is MoveKind.REVEALED:
            revealed(user, course, item, at=now, question=key, message=message)
            _close(question, QuestionState.REVEALED, now)


def _step(lesson: Lesson, at: policy.Situation) -> policy.Step | None:
    if lesson.mode == Mode.DIAGNOSTIC:
        step = policy.next_of_diagnostic(at)
        if step is not None:
            return step
        lesson.mode, lesson.placed_at = Mode.PRACTICE, policy.placed(at)
        lesson.save(update_fields=["mode", "placed_at"])
        at = reading.situation(lesson, at.now)
    return policy.next_step(at)


def _take_over(lesson: Lesson, item: str) -> None:
    """What earlier lessons left open is asked here now, or given up."""
    Question.objects.filter(
        lesson__course=lesson.course,
        lesson__conversation__user=lesson.conversation.user,
        state=QuestionState.OPEN,
        item=item,
    ).exclude(lesson=lesson).update(state=QuestionState.SET_ASIDE)


def _taken_up(lesson: Lesson, now: datetime) -> None:
    """What the opening has raised and no question can ask is done when it is answered."""
    learner, known = lesson.conversation.user, content(lesson.course).concepts
    due = follow_ups.due(learner, now, lesson.course)
    spoken = [owed for owed in due if owed.concept not in known]
    if not spoken:
        return
    opened = lesson.conversation.message_set.filter(parent=None).latest("created_at")
    for owed in spoken:
        if owed.due_at <= opened.created_at:
            follow_ups.done(owed.pk, now)


def _its_open(lesson: Lesson, question_id: int) -> Question | None:
    question = reading.open_question(lesson)
    return question if question and question.pk == question_id else None


def _moves(question: Question) -> list[Move]:
    return list(Move.objects.filter(question=question))


def _note(
    question: Question,
    kind: MoveKind,
    key: UUID,
    now: datetime,
    *,
    message: Message | None = None,
    level: int = 0,
    text: str = "",
    right: bool | None = None,
    misconception: str = "",
) -> None:
    Move.objects.create(
        question=question,
        kind=kind,
        key=key,
        at=now,
        message=message,
        level=level,
        text=text,
        right=right,
        misconception=misconception,
    )


def _close(question: Question, state: QuestionState, now: datetime) -> None:
    question.state, question.closed_at = state, now
    question.save(update_fields=["state", "closed_at"])
    if question.follow_up and state != QuestionState.SET_ASIDE:
        follow_ups.done(UUID(question.follow_up), now)


def _observe_stuck(question: Question, now: datetime, message: Message | None) -> None:
    observed = _observe(question, now, Kind.STUCK, message)
    standing = ladder.standing(_moves(question))
    if standing.wants_another_approach:
        way = approach_for(observed, question.concept)
        _observe(question, now, Kind.APPROACH, None, text=way)


def _observe(
    question: Question,
    now: datetime,
    kind: Kind,
    message: Message | None,
    text: str = "",
) -> LearnerState:
    seen = Seen(
        concept=question.concept,
        kind=kind,
        at=now,
        text=text,
        quote=message.text[:QUOTED] if message else "",
        message=message,
    )
    lesson = question.lesson
    return observe(lesson.conversation.user, lesson.course, seen).state


def _is_bare_number(text: str) -> bool:
    return len(text) <= 24 and any(c.isdigit() for c in text) and not text.endswith("?")
