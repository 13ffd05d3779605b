"""A reply while it is being written: one text that grows, any number of readers.

Readers pull: each waits for the text to be longer than what it has, and takes all of
it. So a slow reader costs nothing but its own lag, and none can miss or repeat a
character. HTML is rendered once for all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from chatapp.conversations.markdown import blocks, render


@dataclass(frozen=True)
class Delta:
    """Text from a character offset on."""

    offset: int
    text: str


@dataclass(frozen=True)
class Rendering:
    """The text up to `offset` as HTML: closed blocks, and the block still growing.

    The closed ones end at `closed_to`; the block that grows is rendered without colours.
    """

    offset: int
    closed_to: int
    closed: tuple[str, ...]
    tail: str


class LiveReply:
    """The growing text of one generation, in the process that writes it.

    `text` is the whole message: a continued one begins with what stood there before.
    """

    def __init__(
        self, generation_id: UUID, conversation_id: UUID, text: str = ""
    ) -> None:
        self.generation_id = generation_id
        self.conversation_id = conversation_id
        self.text = text
        self.ended = False
        self._waiting: list[asyncio.Future[None]] = []
        self._closed: list[str] = []
        self._closed_to = 0
        self._rendered = Rendering(0, 0, (), "")

    def append(self, piece: str) -> None:
        """More text; wakes every reader."""
        self.text += piece
        self._wake()

    def end(self) -> None:
        """No more text will come."""
        self.ended = True
        self._wake()

    async def follow(self, offset: int = 0) -> AsyncIterator[Delta]:
        """All text from `offset` on, as it comes, until the reply ends."""
        while await self.longer_than(offset):
            piece = self.text[offset:]
            yield Delta(offset, piece)
            offset += len(piece)

    async def longer_than(self, offset: int) -> bool:
        """Wait for text beyond `offset`; False when the reply ended without."""
        while offset >= len(self.text):
            if self.ended:
                return False
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
        return True

    def rendering(self) -> Rendering:
        """The whole text as HTML; blocks that have closed are not rendered again."""
        if self._rendered.offset != len(self.text):
            closed, tail = blocks(self.text[self._closed_to :])
            self._closed += [render(block) for block in closed]
            self._closed_to += sum(len(block) for block in closed)
            self._rendered = Rendering(
                len(self.text),
                self._closed_to,
                tuple(self._closed),
                render(tail, colours=False),
            )
        return self._rendered

    def closed_up(self) -> Rendering:
        """The whole text of a reply that has ended: its last block has closed, too."""
        grown = self.rendering()
        rest = self.text[grown.closed_to :]
        last = (render(rest),) if rest else ()
        end = len(self.text)
        return Rendering(end, end, (*grown.closed, *last), "")

    def _wake(self) -> None:
        # Bare futures: this happens for every token, and an Event costs twice as much.
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():  # its reader may have left
                each.set_result(None)
