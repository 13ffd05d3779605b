"""One lesson, as a learner goes through it: verbs, and what came of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chatapp.accounts.models import User
from chatapp.conversations import turns
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.models import Conversation, Message, Role, Status
from chatapp.conversations.opening import open_conversation
from tutor.content.course import Item
from tutor.learner.reading import learner_state
from tutor.learner.state import LearnerState
from tutor.lessons import practising, reading, recap
from tutor.lessons.card import card_values
from tutor.models import Course, Lesson, Question
from tutor.models.lesson import Mode, MoveKind


@dataclass
class Sitting:
    """A lesson that is open."""

    learner: User
    course: Course
    conversation: Conversation
    now: Callable[[], datetime]

    @classmethod
    def open(
        cls, learner: User, course: Course, now: Callable[[], datetime]
    ) -> Sitting:
        recap.end_idle(learner, course)
        return cls(
            learner, course, open_conversation(learner, course.tutor, "tutor"), now
        )

    # What the learner does.

    def begin(self, mode: Mode = Mode.PRACTICE) -> Sitting:
        practising.begin(self.conversation, mode)
        return self

    def answer(self, text: str = "", *, right: bool = True) -> turns.Begun:
        """Answer on the card; without a text, the right answer or a wrong one."""
        question = self.question
        given = text or (self.item.answer if right else wrong_answer(self.item))
        key = practising.next_key(question, MoveKind.ANSWER)
        return self.send(given, key)

    def ask_for_the_answer(self) -> turns.Begun:
        return self.send(
            "Show me the answer.", practising.next_key(self.question, MoveKind.ASKED)
        )

    def give_up(self) -> turns.Begun:
        return self.send(
            "I don't know.", practising.next_key(self.question, MoveKind.STUCK)
        )

    def hint(self) -> None:
        question = self.question
        key = practising.next_key(question, MoveKind.HINT)
        practising.hint(self.conversation, question.pk, key)

    def say(self, text: str, *, reply: str = "Go on.") -> turns.Begun:
        return self.send(text, uuid.uuid4(), reply)

    def send(self, text: str, key: uuid.UUID, reply: str = "Go on.") -> turns.Begun:
        """Send it, and have it answered so."""
        self.conversation.refresh_from_db()
        begun = turns.begin(self.learner, self.conversation, text, key)
        if begun.fresh:
            ended = Ended(Status.COMPLETE, reply)
            finish(begun.generation, begun.anchor.pk, ended)
        return begun

    def go_on(self) -> Question:
        practising.go_on(self.conversation)
        return self.question

    def end(self) -> dict[str, Any]:
        return dict(recap.end(self.conversation).recap)

    # What there is.

    @property
    def lesson(self) -> Lesson:
        return reading.lesson_of(self.conversation)

    @property
    def question(self) -> Question:
        question = reading.open_question(self.lesson)
        assert question is not None
        return question

    @property
    def item(self) -> Item:
        item = reading.item_of(self.question)
        assert item is not None
        return item

    @property
    def last(self) -> Question:
        question = reading.last_question(self.lesson)
        assert question is not None
        return question

    @property
    def state(self) -> LearnerState:
        return learner_state(self.learner, self.course, self.now())

    @property
    def opening(self) -> str:
        return Message.objects.get(
            conversation=self.conversation, role=Role.ASSISTANT, parent=None
        ).text

    @property
    def card(self) -> dict[str, Any]:
        return card_values(self.conversation)


def wrong_answer(item: Item) -> str:
    """Something readable that is not the answer, and no known misconception if possible."""
    if item.kind == "choice":
        wrong = [c for c in item.choices if c != item.answer]
        plain = [c for c in wrong if c not in item.distractors]
        return (plain or wrong)[0]
    if item.kind == "order":
        return "\n".join(reversed(item.answer.split("\n")))
    return "987654" if item.kind == "numeric" else "zebra"
