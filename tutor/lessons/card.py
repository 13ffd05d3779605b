"""What the practice card shows: plain values, ready for its template.

The expected answer is among them only when the question is closed. Until then nothing
of it is in the page, not in a value, not in an attribute, not in a comment.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chatapp.conversations.markdown import render
from chatapp.conversations.models import Conversation
from tutor.content.course import Item
from tutor.content.library import content
from tutor.lessons import ladder, practising, reading
from tutor.lessons.leaks import judge
from tutor.models import Lesson, Question
from tutor.models.lesson import Mode, MoveKind, Purpose, QuestionState

_OF_OTHERS = re.compile(r"(?:all|none|both|neither|any|either)\b", re.IGNORECASE)
LABELS: Mapping[str, Any] = {
    "goal": lambda: _("Your goal"),
    "follow_up": lambda: _("Put off until now"),
    "left_open": lambda: _("Left open"),
    "misconception": lambda: _("First"),
    "refresh": lambda: _("Refresh"),
    "new": lambda: _("Then"),
}


def card_values(conversation: Conversation) -> dict[str, Any]:
    """All that the card's template needs."""
    lesson = reading.lesson_of(conversation)
    question = None if lesson.ended_at else _shown(lesson)
    return {
        "conversation": conversation.pk,
        "version": _version(lesson, question),
        "state": _state(lesson, question),
        "is_new": lesson.mode == Mode.CHOOSING,
        "plan": [
            {"label": LABELS[line["topic"]](), "text": line["text"]}
            for line in lesson.plan
            if line["topic"] in LABELS
        ],
        "finds_out": lesson.mode == Mode.DIAGNOSTIC,
        "has_begun": lesson.questions.exclude(state=QuestionState.OPEN).exists()
        or bool(question and question.moves.all()),
        "question": _question(question) if question else None,
        "recap": _recap(lesson.recap) if lesson.ended_at else None,
        "course": lesson.course,
    }


def version(conversation: Conversation) -> str:
    """Changes with everything that the card shows."""
    lesson = reading.lesson_of(conversation)
    return _version(lesson, None if lesson.ended_at else _shown(lesson))


def _shown(lesson: Lesson) -> Question | None:
    """The open question, or the one that was closed last and not left behind."""
    question = reading.open_question(lesson) or reading.last_question(lesson)
    if question is None or question.state == QuestionState.SET_ASIDE:
        return None
    return question


def _state(lesson: Lesson, question: Question | None) -> str:
    if lesson.ended_at:
        return "ended"
    if question is None:
        return "choosing" if lesson.mode == Mode.CHOOSING else "nothing"
    return "open" if question.state == QuestionState.OPEN else "closed"


def _version(lesson: Lesson, question: Question | None) -> str:
    moves = len(question.moves.all()) if question else 0
    number = question.pk if question else 0
    return f"{lesson.mode}-{number}-{moves}-{bool(lesson.ended_at):d}"


def _question(question: Question) -> dict[str, Any]:
    item = reading.item_of(question)
    if item is None:
        return {"id": question.pk, "is_gone": True}
    moves = list(question.moves.all())
    now = ladder.standing(moves)
    is_open = question.state == QuestionState.OPEN
    answers = [move for move in moves if move.kind == MoveKind.ANSWER]
    wrong = [move for move in answers if not move.right]
    values: dict[str, Any] = {
        "id": question.pk,
        "why": _why(question),
        "concept": _title(question),
        "kind": item.kind,
        "prompt": render(item.prompt),
        "choices": in_any_order(item, question.pk),
        "unit": item.unit,
        "hints": [_html(hint.text) for hint in item.hints[: now.level]],
        "level": now.level,
        "steps": ladder.steps(item),
        "asks_left": now.asks_left,
        "asked": now.asked,
        "teaches": question.purpose != Purpose.DIAGNOSTIC,
        "wrong": [move.text for move in wrong],
        "remark": _remark(question, wrong[-1].misconception) if wrong else "",
        "state": question.state,
        "is_open": is_open,
        "key": practising.next_key(question, MoveKind.ANSWER),
        "stuck_key": practising.next_key(question, MoveKind.STUCK),
        "ask_key": practising.next_key(question, MoveKind.ASKED),
        "hint_key": practising.next_key(question, MoveKind.HINT),
    }
    if not is_open:
        values |= _closed(question, item, now.level)
    return values


def in_any_order(item: Item, number: int) -> Sequence[str]:
    """The choices in an order of this question's own: most authors write the right one
    first. What speaks of the others ("none of these") stays last."""
    if item.kind != "choice":
        return item.choices
    mixed = list(item.choices)
    random.Random(f"{item.slug}:{number}").shuffle(mixed)  # an order, no secret
    return sorted(mixed, key=lambda choice: bool(_OF_OTHERS.match(choice)))


def _closed(question: Question, item: Item, level: int) -> dict[str, Any]:
    """What may be shown of the answer now."""
    worked = item.hints[-1].text if item.hints else ""
    return {
        "verdict": _verdict(question, level),
        "answer": item.answer,
        "worked": _html(worked) if worked else "",
    }


def _verdict(question: Question, level: int) -> str:
    if question.state == QuestionState.REVEALED:
        return _("Here is the answer. It does not count as yours, so it comes back.")
    if question.state == QuestionState.MISSED:
        return _("Not yet. That is what this is for: now it is known where to begin.")
    return _("Right, with a hint.") if level else _("Right.")


def _remark(question: Question, misconception: str) -> str:
    """What is true instead, when the wrong answer is one that is known."""
    known = content(question.lesson.course).misconceptions.get(misconception)
    if known is None or question.purpose == Purpose.DIAGNOSTIC:
        return ""
    item = reading.item_of(question)
    is_open = item is not None and question.state == QuestionState.OPEN
    if item is not None and is_open and judge(item, known.correction, ()) != "fine":
        return ""  # what is true instead would be the answer itself
    return known.correction


def _why(question: Question) -> str:
    return {
        Purpose.FOLLOW_UP: _("Put off until now"),
        Purpose.REVIEW: _("Due for refresh"),
        Purpose.PROBE: _("Once more"),
        Purpose.PRACTICE: _("Practice"),
        Purpose.DIAGNOSTIC: _("Where do you stand?"),
    }[Purpose(question.purpose)]


def _title(question: Question) -> str:
    known = content(question.lesson.course).concepts.get(question.concept)
    return known.title if known else question.concept


def _html(text: str) -> SafeString:
    return render(text)


def _recap(kept: Mapping[str, Any]) -> dict[str, Any]:
    due = [
        line | {"due_at": parse_datetime(line["due_at"])}
        for line in kept.get("next", [])
    ]
    return {
        "counts": kept.get("counts", {}),
        "moved": kept.get("moved", []),
        "next": due,
    }
