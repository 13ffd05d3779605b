"""Step 3 of a turn: the model's stream, with the memory markers taken out on the fly.

`[m2]` is never shown, also when it arrives in pieces; where it stood is remembered.
The text that comes out is exactly the text that is kept. Fenced code is left alone:
there `[m1]` is an index, and taking it out would break what somebody may run.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from memory.completion import Finished
from memory.prompt import Prompt
from memory.seam import Seam

if TYPE_CHECKING:
    from memory.llm import ChatModel  # brings the SDK, most of a second

Ending = Literal["complete", "stopped", "failed", "interrupted", "replaced"]
"""`replaced`: it was complete, and the person chose another reply in its place."""

# Bounded everywhere, so that a marker is the same however the stream is cut. CJK
# writers' models also use the wide brackets.
_MARKER = re.compile(
    r"[ \t]{0,2}[\[\u3010\uff3b][ \t]{0,2}m[0-9]{1,3}"
    r"(?:(?:[ \t,;/&\u3001\uff0c-]|and){1,5}m[0-9]{1,3}){0,15}[ \t]{0,2}[\]\u3011\uff3d]",
    re.IGNORECASE,
)
_LABEL = re.compile(r"m[0-9]{1,3}", re.IGNORECASE)
_LONGEST = 300
"""No marker is longer than 2 + 1 + 2 + 4 + 15 * (5 * 3 + 4) + 2 + 1 characters."""
# In which nothing begins or may begin: no bracket, no end of a line, no space to hold.
_PLAIN = re.compile(
    r"[^\[\u3010\uff3b\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*"
    r"[^\[\u3010\uff3b\n\r\v\f\x1c-\x1e\x85\u2028\u2029 \t]"
)
# What could still become a marker with its leading spaces when more text arrives.
_OPEN = re.compile(
    r"[ \t]{0,2}"
    rf"(?:[\[\u3010\uff3b][ \tmand0-9,;/&\u3001\uff0c-]{{0,{_LONGEST}}})?\Z",
    re.IGNORECASE,
)
_FENCE = re.compile(
    r"[\s>]*(?:(?:[-*+]|[0-9]+[.)])[ \t]+)?(`{3,}|~{3,})(.*)", re.DOTALL
)


@dataclass(frozen=True)
class Citation:
    """A marker that stood in the reply: its label and its offset in the shown text."""

    label: str
    offset: int


@dataclass(frozen=True)
class Reply:
    """A reply that has ended, however it ended; of a continued one, what came new.

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
    """Takes markers out of a stream of text pieces of any size.

    `so_far` is what the stream goes on from: it may stop within a block of code.
    """

    def __init__(self, so_far: str = "") -> None:
        self.citations: list[Citation] = []
        self._held = ""
        self._shown = 0
        self._line = ""
        self._fence = ""
        for part in so_far.splitlines(keepends=True):
            self._line += part
            if part.endswith("\n"):
                self._end_line()

    def feed(self, piece: str) -> str:
        """The part of the text so far that may be shown; the rest is held back."""
        if not self._held and _PLAIN.fullmatch(piece):  # as most pieces are
            self._shown += len(piece)
            self._line += piece
            return piece
        self._held += piece
        cut = next(_OPEN.finditer(self._held)).start()  # at the latest at the end
        ready, self._held = self._held[:cut], self._held[cut:]
        return self._take(ready)

    def finish(self) -> str:
        """What was still held back: no marker came of it."""
        ready, self._held = self._held, ""
        return self._take(ready)

    def _take(self, ready: str) -> str:
        shown: list[str] = []
        for part in ready.splitlines(keepends=True):
            kept = part if self._fence else self._unmark(part)
            shown.append(kept)
            self._shown += len(kept)
            self._line += kept
            if part.endswith("\n"):
                self._end_line()
        return "".join(shown)

    def _unmark(self, part: str) -> str:
        kept = ""
        end = 0
        for marker in _MARKER.finditer(part):
            kept += part[end : marker.start()]
            for label in _LABEL.findall(marker.group()):
                self.citations.append(Citation(label.lower(), self._shown + len(kept)))
            end = marker.end()
        return kept + part[end:]

    def _end_line(self) -> None:
        """See whether the line opens or closes a block of code."""
        fence = _FENCE.match(self._line)
        self._line = ""
        if fence is None:
            return
        marks, rest = fence.groups()
        if not self._fence:
            # Backticks that close on their own line are code within a sentence.
            self._fence = "" if marks[0] in rest else marks
        elif marks.startswith(self._fence) and not rest.strip():
            self._fence = ""


async def stream(
    prompt: Prompt,
    llm: ChatModel,
    *,
    seed: int | None = None,
    so_far: str = "",
    joint: str = "",
    cite: Callable[[Citation], None] | None = None,
) -> AsyncGenerator[str | Reply, None]:
    """Pieces of text to show, then the finished `Reply`.

    `cite` is told of each citation before the piece that ends behind it: a reply that
    is stopped never comes to its `Reply`.

    `so_far` is the reply that this one goes on from, `joint` what comes between (see
    `Seam`); neither is yielded again. Raises ModelError when the model fails; what was
    yielded until then stands. Closing this generator closes the model's stream.
    """
    unmark = Unmarker(so_far)
    seam = Seam(so_far, joint)
    shown: list[str] = []
    told = 0
    finished = Finished("other")
    async with aclosing(llm.stream(prompt.messages, seed=seed)) as events:
        async for event in events:
            if isinstance(event, Finished):
                finished = event
            elif piece := seam.feed(unmark.feed(event.text)):
                if cite and told < len(unmark.citations):
                    for cited in unmark.citations[told:]:
                        cite(_shifted(cited, seam.shift))
                    told = len(unmark.citations)
                shown.append(piece)
                yield piece
    if piece := seam.feed(unmark.finish()) + seam.finish():
        shown.append(piece)
        yield piece
    yield Reply(
        text="".join(shown),
        citations=tuple(_shifted(cited, seam.shift) for cited in unmark.citations),
        finish=finished.reason,
        prompt_tokens=finished.prompt_tokens,
        completion_tokens=finished.completion_tokens,
    )


def _shifted(cited: Citation, shift: int) -> Citation:
    return replace(cited, offset=max(0, cited.offset + shift))
