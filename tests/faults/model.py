"""A model whose every reply can be told from every other, word by word.

The reply to a message that holds the mark `kq1234abcd` is `kq1234abcd-0 kq1234abcd-1 ...`:
a lost, doubled or strange word shows. It quotes the first memory it is given, so that
there is something to feed back, and it finds exactly one fact in each message.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable

from tests.fakes.llm import FaultyModel, completion, is_extraction, streamed
from tests.fakes.server import Answer, Asked

MARK = re.compile(r"kq[0-9a-f]{10}")
NOTE = re.compile(r"^\[m1\] [^:]*: (.*)$", re.MULTILINE)
SENTENCE = re.compile(r"My (kq[0-9a-f]{10})a likes \S+ and \S+")


def mark() -> str:
    """A word that nobody has used yet."""
    return f"kq{uuid.uuid4().hex[:10]}"


def message(name: str) -> str:
    """What a person says under this mark: one fact, in words of its own."""
    return f"My {name}a likes {name}b and {name}c – ünïque 🙂."


def fact(name: str) -> str:
    """What is to be remembered of it."""
    return f"User's {name}a likes {name}b and {name}c"


class CountingModel(FaultyModel):
    """`words` and `gap` shape the replies; `said` holds what each mark was answered.

    `broken` makes of a reply's text what goes out, and what that says in all.
    """

    def __init__(self, *, words: int = 24, gap: float = 0.02) -> None:
        super().__init__()
        self.words = words
        self.gap = gap
        self.said: dict[str, list[str]] = {}
        self.broken: Callable[[str], tuple[Answer, str]] | None = None

    def answer(self, asked: Asked) -> Answer:
        """The reply to the mark of the last message, or the fact in it."""
        if not asked.path.endswith("/chat/completions") or self.replies:
            return super().answer(asked)
        said = asked.json()["messages"][-1]["content"]
        if is_extraction(asked):
            return completion(json.dumps({"atoms": _atoms(said)}))
        marks = MARK.findall(said.rpartition("</memory>")[2])
        if not marks:
            return super().answer(asked)
        name = marks[0]
        words = [f"{name}-{number}" for number in range(self.words)]
        words[3:3] = ["–", "ünïque", "🙂"]
        if note := NOTE.search(said.partition("</memory>")[0]):
            words[8:8] = [note[1], "[m1]"]
        text = " ".join(words)
        if self.broken is not None:
            answer, text = self.broken(text)
        else:
            answer = streamed(text, gap=self.gap)
        self.said.setdefault(name, []).append(_without_labels(text))
        return answer


def _atoms(said: str) -> list[dict[str, object]]:
    spoken = said.partition("<said_by_user>")[2].partition("</said_by_user>")[0]
    return [
        {
            "type": "relationship_event",
            "content": fact(found[1]),
            "confidence": 0.9,
            "quote": found[0],
            "speaker": "user",
        }
        for found in SENTENCE.finditer(spoken)
    ]


def _without_labels(text: str) -> str:
    return text.replace(" [m1]", "")
