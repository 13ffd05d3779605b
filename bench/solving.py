"""Whether an independent solver comes to the answers that the courses give.

The configured model solves fifty items of our courses, unaided and without their hints,
and the site's grader says what it makes of them. An item that a strong model misses is
looked at by a person: either is wrong. The scripted model solves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from memory.completion import Message
from memory.errors import ModelError
from memory.llm import ChatModel
from tutor.content.course import CourseContent, Item
from tutor.content.grading import grade

ITEMS = 50
NAME = "solution"
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}
RULES = (
    "Solve the question. Give only the answer: a number, a few words, the text of the"
    " right choice, or all lines in their right order, each on a line of its own."
)


@dataclass
class Solved:
    """What came of the items: which were missed, with the answer that was given."""

    asked: int = 0
    right: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the items that were solved as their course has it."""
        return self.right / max(1, self.asked)


def spread(contents: Iterable[CourseContent], most: int = ITEMS) -> list[Item]:
    """So many items, evenly over all courses."""
    items = [item for content in contents for item in content.items.values()]
    if len(items) <= most:
        return items
    return [items[number * len(items) // most] for number in range(most)]


async def solve(items: Sequence[Item], llm: ChatModel) -> Solved:
    """Have each solved; what the model does not answer counts as missed."""
    solved = Solved()
    for item in items:
        solved.asked += 1
        answer = await _answer(item, llm)
        if grade(item, answer).right:
            solved.right += 1
        else:
            solved.missed.append((item.slug, answer))
    return solved


async def _answer(item: Item, llm: ChatModel) -> str:
    asked = "\n\n".join([item.prompt, *item.choices])
    try:
        told = await llm.structured(
            [Message("system", RULES), Message("user", asked)],
            name=NAME,
            schema=SCHEMA,
        )
    except ModelError:
        return ""
    answer = told.get("answer") if isinstance(told, dict) else None
    return answer if isinstance(answer, str) else ""
