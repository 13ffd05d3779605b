"""The lessons of the scripted model: one TOML file for each course, loaded once.

A lesson has topics, a topic has an explanation and steps, a step has a question with
its right answers, its hints and what to say when it is solved.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """One question. `wrong` pairs a pattern of a typical wrong answer with a remark."""

    ask: str
    right: re.Pattern[str]
    wrong: tuple[tuple[re.Pattern[str], str], ...]
    praise: str
    hints: tuple[str, ...]
    worked: str


@dataclass(frozen=True)
class Misconception:
    """`match` finds it in what a learner says and in a note; `check` asks for it again."""

    match: re.Pattern[str]
    correct: str
    check: Step


@dataclass(frozen=True)
class Topic:
    """`about` finds the topic in a message or a note."""

    title: str
    about: re.Pattern[str]
    explain: str
    example: str
    steps: tuple[Step, ...]
    misconceptions: tuple[Misconception, ...]


@dataclass(frozen=True)
class Lesson:
    """A course as the scripted tutor teaches it; `talk` has lines by occasion."""

    course: str
    topics: tuple[Topic, ...]
    talk: dict[str, tuple[str, ...]]

    @property
    def every_step(self) -> tuple[tuple[Topic, Step], ...]:
        """All steps with their topic, the checks of misconceptions among them."""
        return tuple(
            (topic, step)
            for topic in self.topics
            for step in (*topic.steps, *(m.check for m in topic.misconceptions))
        )


def lesson_of(course: str) -> Lesson | None:
    """The lesson of a course by its title, None if nobody wrote one."""
    return _lessons().get(course.casefold())


def stated_errors(text: str) -> bool:
    """Whether the text states one of the misconceptions that the lessons know."""
    return any(
        misconception.match.search(text)
        for lesson in _lessons().values()
        for topic in lesson.topics
        for misconception in topic.misconceptions
    )


@cache
def _lessons() -> dict[str, Lesson]:
    found = (_load(path) for path in sorted(_FOLDER.glob("*.toml")))
    return {lesson.course.casefold(): lesson for lesson in found}


def _load(path: Path) -> Lesson:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Lesson(
        course=data["course"],
        topics=tuple(_topic(topic) for topic in data["topics"]),
        talk={
            key: tuple(s.strip() for s in value) for key, value in data["talk"].items()
        },
    )


def _topic(data: Mapping[str, Any]) -> Topic:
    return Topic(
        title=data["title"],
        about=_pattern(data["about"]),
        explain=data["explain"].strip(),
        example=data["example"].strip(),
        steps=tuple(_step(step) for step in data["steps"]),
        misconceptions=tuple(
            Misconception(_pattern(m["match"]), m["correct"].strip(), _step(m["check"]))
            for m in data.get("misconceptions", ())
        ),
    )


def _step(data: Mapping[str, Any]) -> Step:
    return Step(
        ask=data["ask"],
        right=_pattern(data["right"]),
        wrong=tuple((_pattern(w["match"]), w["say"]) for w in data.get("wrong", ())),
        praise=data["praise"],
        hints=tuple(data["hints"]),
        worked=data["worked"],
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
