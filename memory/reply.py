"""Step 3 of a turn: the model's stream, with the memory markers taken out on the fly.

`[m2]` is never shown, also when it arrives in pieces; where it stood is remembered.
The text that comes out is exactly the text that is kept.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from memory.llm import ChatModel, Finished, TextDelta
from memory.prompt import Prompt

Ending = Literal["complete", "stopped", "failed", "interrupted"]

_MARKER = re.compile(r"[ \t]*\[\s*m\d{1,3}(?:\s*[,;]\s*m\d{1,3})*\s*\]", re.IGNORECASE)
_LABEL = re.compile(r"m\d{1,3}", re.IGNORECASE)
# What could still become a marker with its leading spaces when more text arrives.
_OPEN = re.compile(r"[ \t]*(?:\[[\sm\d,;]*)?$", re.IGNORECASE)
_LONGEST = 64
"""A bracket that has not closed after this many characters is ordinary text."""


@dataclass(frozen=True)
class Citation:
    """A marker that stood in the reply: its label and its offset in the shown text."""

    label: str
    offset: int


@dataclass(frozen=True)
class Reply:
    """A reply that has ended, however it ended.

    `citations` are in reading order; `prompt_tokens` and `completion_tokens` are the
    model's own count, None when it gave none.
    """

    text: str
    ending: Ending = "complete"
    citations: tuple[Citation, ...] = ()
    finish: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Unmarker:
    """Takes markers out of a stream of text pieces of any size."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []
        self._held = ""
        self._shown = 0

    def feed(self, piece: str) -> str:
        """The part of the text so far that may be shown; the rest is held back."""
        self._held += piece
        open_at = _OPEN.search(self._held)
        cut = open_at.start() if open_at else len(self._held)
        if len(self._held) - cut > _LONGEST:
            cut = len(self._held)
        ready, self._held = self._held[:cut], self._held[cut:]
        return self._take(ready)

    def finish(self) -> str:
        """What was still held back: no marker came of it."""
        ready, self._held = self._held, ""
        return self._take(ready)

    def _take(self, ready: str) -> str:
        shown: list[str] = []
        end = 0
        for marker in _MARKER.finditer(ready):
            shown.append(ready[end : marker.start()])
            self._shown += marker.start() - end
            for label in _LABEL.findall(marker.group()):
                self.citations.append(Citation(label.lower(), self._shown))
            end = marker.end()
        shown.append(ready[end:])
        self._shown += len(ready) - end
        return "".join(shown)


async def stream(
    prompt: Prompt, llm: ChatModel, *, max_tokens: int | None = None
) -> AsyncIterator[str | Reply]:
    """Pieces of text to show, then the finished `Reply`.

    Raises ModelError when the model fails; what was yielded until then stands.
    Closing this generator closes the model's stream.
    """
    unmark = Unmarker()
    shown: list[str] = []
    finished = Finished("other")
    async with aclosing(llm.stream(prompt.messages, max_tokens=max_tokens)) as events:
        async for event in events:
            match event:
                case TextDelta(text):
                    if piece := unmark.feed(text):
                        shown.append(piece)
                        yield piece
                case Finished():
                    finished = event
    if piece := unmark.finish():
        shown.append(piece)
        yield piece
    yield Reply(
        text="".join(shown),
        citations=tuple(unmark.citations),
        finish=finished.reason,
        prompt_tokens=finished.prompt_tokens,
        completion_tokens=finished.completion_tokens,
    )
