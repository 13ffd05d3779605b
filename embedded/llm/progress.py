"""Where a lesson stands, read from its transcript: nothing is kept between turns."""

from __future__ import annotations

import re

from embedded.llm.lessons import Lesson, Misconception, Step, Topic
from embedded.llm.prompt import Prompt

STUCK = re.compile(
    r"\b(i don'?t (know|get|understand)|no idea|stuck|hint|i'?m lost|help|confus\w+"
    r"|not sure|too hard|give up|explain (that )?again)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"\?\s*$|^\s*(what|why|how|when|which|can|could|teach|explain|tell|show|review)\b",
    re.IGNORECASE,
)


class Progress:
    """The message, and the question (`step` of `topic`) that stands open, if any."""

    def __init__(self, prompt: Prompt, lesson: Lesson) -> None:
        self.prompt = prompt
        self.lesson = lesson
        self.said = prompt.said.replace("’", "'")
        self.topic, self.step = self.open_step()

    def open_step(self) -> tuple[Topic | None, Step | None]:
        """The question asked last, if it is not solved, with its topic."""
        for reply in reversed(self.prompt.past_replies):
            asked = [
                (reply.rfind(step.ask), topic, step)
                for topic, step in self.lesson.every_step
                if step.ask in reply or any(hint in reply for hint in step.hints)
            ]
            if asked:
                _, topic, step = max(asked, key=lambda item: item[0])
                solved = any(step.praise in reply for reply in self.prompt.past_replies)
                return (None, None) if solved else (topic, step)
        return None, None

    def seen(self, text: str) -> bool:
        """Whether an earlier reply of the tutor holds this text."""
        return any(text in reply for reply in self.prompt.past_replies)

    def named_topic(self) -> Topic | None:
        """The topic that the message is about."""
        return next((t for t in self.lesson.topics if t.about.search(self.said)), None)

    def named_other_topic(self) -> bool:
        """Whether the message is about another topic than the open question."""
        named = self.named_topic()
        return named is not None and named is not self.topic

    def stated_misconception(self) -> Misconception | None:
        """A known error in the message that was not yet corrected here."""
        if QUESTION.search(self.said):
            return None
        return next(
            (
                misconception
                for topic in self.lesson.topics
                for misconception in topic.misconceptions
                if misconception.match.search(self.said)
                and not self.seen(misconception.correct)
            ),
            None,
        )

    def looks_like_an_answer(self, step: Step) -> bool:
        """Whether the message tries to answer the open question."""
        if any(pattern.search(self.said) for pattern, _ in step.wrong):
            return True
        return bool(re.search(r"\d", self.said)) and not STUCK.search(self.said)
