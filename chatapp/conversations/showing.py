"""Shows one reply to one page: its text as it comes, its HTML in few bytes.

Text goes out at once, the first token without any delay and what follows in batches of
at most `BATCH_S`. HTML follows: each closed block once, the block that still grows only
when it has markup and has doubled, so that all its renderings together cost about two of
the last. A page that reads slowly is behind, and costs nothing: what it has
not taken is not kept for it, but read from the text when it is ready.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from chatapp.conversations.live import LiveReply, Rendering

BATCH_S = 0.03
RENDER_S = 0.25
"""The HTML is looked at this often at most."""
GROWTH = 1.0
"""A growing block is rendered again when so many times more of it has come."""
FAR_BEHIND = 500
"""A page that lacks so many characters is shown HTML in their place."""
MARKUP = re.compile(r"[*_`~\[|>\n$]|^[-+#\d]")
"""Without any of these, the text looks the same as its HTML."""
Frame = dict[str, object] | list[object]
Tell = Callable[[Frame], Awaitable[None]]


class Showing:
    """One page's view of a reply. `number` stands for it in the frames of text.

    The page has the text up to `offset`, and of its HTML `closed` closed blocks.
    """

    def __init__(
        self, live: LiveReply, number: int, tell: Tell, *, offset: int, closed: int
    ) -> None:
        self._live = live
        self._number = number
        self._tell = tell
        self._name = str(live.generation_id)
        self._named = False
        self._offset = offset
        self._closed = closed if offset else 0
        self._rendered = offset
        self._tail_chars = 0

    async def run(self) -> None:
        """Show it until it has ended."""
        clock, live = asyncio.get_running_loop().time, self._live
        looked_at = clock()
        sent_at = looked_at - BATCH_S
        if self._offset == 0 and live.text:
            await self._tell_html()
        while await live.longer_than(self._offset):
            if (early := sent_at + BATCH_S - clock()) > 0:
                await asyncio.sleep(early)  # what comes meanwhile goes out together
            await self._tell_text()
            sent_at = clock()
            behind = len(live.text) - self._offset
            if live.ended or sent_at - looked_at < RENDER_S or 0 < behind < FAR_BEHIND:
                continue
            looked_at = sent_at
            if self._is_worth_rendering():
                await self._tell_html()

    async def finish(self) -> str:
        """Send what is missing of the HTML; returns all that the page then has."""
        if self._live.text:
            await self._tell_rendering(self._live.closed_up())
        return "".join(self._live.closed_up().closed)

    def _is_worth_rendering(self) -> bool:
        text = self._live.text
        fresh = len(text) - self._rendered
        if fresh <= 0 or not MARKUP.search(text, self._rendered - self._tail_chars):
            return False
        if fresh >= GROWTH * self._tail_chars:
            return True
        if text.find("\n", self._rendered) < 0:
            return False  # a block closes when a line begins
        return len(self._live.rendering().closed) > self._closed

    async def _tell_text(self) -> None:
        offset, text = self._offset, self._live.text[self._offset :]
        self._offset += len(text)
        if self._named:
            await self._tell([self._number, text])  # it stands behind what came last
        else:
            await self._tell_first({"kind": "delta", "offset": offset, "text": text})

    async def _tell_html(self) -> None:
        await self._tell_rendering(self._live.rendering())

    async def _tell_rendering(self, rendering: Rendering) -> None:
        # The page may have heard of more blocks than a copy of the reply has here.
        known = min(self._closed, len(rendering.closed))
        told = rendering.closed[known:]
        self._closed = len(rendering.closed)
        self._rendered = rendering.offset
        self._tail_chars = rendering.offset - rendering.closed_to
        self._offset = max(self._offset, rendering.offset)
        if self._named:
            await self._tell(
                [self._number, rendering.offset, known, told, rendering.tail]
            )
        else:
            await self._tell_first(
                {
                    "kind": "render",
                    "offset": rendering.offset,
                    "closed_from": known,
                    "closed": told,
                    "tail": rendering.tail,
                }
            )

    async def _tell_first(self, frame: dict[str, object]) -> None:
        """Say once what the number stands for."""
        self._named = True
        await self._tell(frame | {"generation": self._name, "number": self._number})
