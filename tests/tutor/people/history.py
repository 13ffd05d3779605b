"""A learner's past, told in one line each: answers that the server graded, and sayings."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatapp.accounts.models import User
from chatapp.conversations import path
from chatapp.conversations.models import Conversation, Message, PathEntry, Role
from chatapp.conversations.opening import open_conversation
from tutor.content.library import content
from tutor.learner.evidence import Kind
from tutor.learner.observing import Observed, Seen, observe
from tutor.models import Course

DAY = timedelta(days=1)


@dataclass
class Past:
    """What happened with one learner in one course; times are days before `now`."""

    learner: User
    course: Course
    now: datetime

    def __post_init__(self) -> None:
        self.lesson: Conversation = open_conversation(
            self.learner, self.course.tutor, "tutor"
        )

    def answered(
        self,
        item: str,
        *,
        ok: bool = True,
        days_ago: float = 0,
        hints: int = 0,
        says: str = "an answer",
        misconception: str = "",
    ) -> Observed:
        """An item of the course, answered in words that stand in the lesson."""
        asked = content(self.course).items[item]
        return observe(
            self.learner,
            self.course,
            Seen(
                concept=asked.concept,
                kind=Kind.CHOICE if asked.kind == "choice" else Kind.OPEN,
                at=self.now - DAY * days_ago,
                ok=ok,
                hints=hints,
                item=item,
                question=uuid.uuid4(),
                misconception=misconception,
                exposes=tuple(asked.exposes) if ok else (),
                quote=says,
                message=self.wrote(says),
            ),
        )

    def said(
        self,
        kind: Kind,
        words: str,
        *,
        concept: str = "",
        days_ago: float = 0,
        misconception: str = "",
        text: str = "",
        ok: bool | None = None,
    ) -> Observed:
        """Something that was said in the lesson."""
        return observe(
            self.learner,
            self.course,
            Seen(
                concept=concept,
                kind=kind,
                at=self.now - DAY * days_ago,
                ok=ok,
                misconception=misconception,
                text=text,
                quote=words,
                message=self.wrote(words),
            ),
        )

    def wrote(self, text: str) -> Message:
        """A message of the learner's on the lesson's shown path."""
        message = Message.objects.create(
            conversation=self.lesson, role=Role.USER, text=text
        )
        place = PathEntry.objects.filter(conversation=self.lesson).count()
        path.append(self.lesson.pk, [message.pk], position=place)
        return message

    def reached(self, concept: str, *, days_ago: float = 1) -> None:
        """Enough unaided answers, a day and more apart, that the gate opens."""
        items = content(self.course).items_of(concept)
        for number in range(5):
            item = items[number % len(items)].slug
            self.answered(item, days_ago=days_ago + 4 - number, says=f"right {number}")
