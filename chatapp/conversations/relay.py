"""Sends replies that this process writes to the processes whose pages show them.

Others ask for a reply, and ask again every few seconds as long as somebody there looks
at it; what nobody asks for is not sent. All text for one process travels in one frame
at most every `BATCH_S`, only a reply's first words go at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chatapp.conversations.link import FAILED, Link, own_channel
from chatapp.conversations.live import LiveReply

BATCH_S = 0.03
LEASE_S = 6.0
"""A process that does not ask again within this is not there any more."""
PAUSE_S = 0.25
"""After a failure: there is nobody to send to."""
Asked = tuple[str, int]
"""Generation, and the offset that is known already."""
Piece = tuple[str, int, str, bool]
"""Generation, offset of the text, text, whether the reply has ended with it."""


@dataclass
class _Wish:
    """What one process has been sent of a reply; `answer`: it waits for a word."""

    sent: int
    until: float
    answer: bool = True


class Relay:
    """What this process writes, and who else wants to have it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._writing: dict[UUID, LiveReply] = {}
        self._wishes: defaultdict[UUID, dict[str, _Wish]] = defaultdict(dict)
        self._due = asyncio.Event()
        self._firsts: set[asyncio.Task[None]] = set()

    def began(self, live: LiveReply) -> None:
        """This process begins to write a reply."""
        self._writing[live.generation_id] = live

    def asked(self, process: str, wants: Sequence[Asked], *, anew: bool) -> None:
        """`process` shows these replies; `anew`: from these offsets on."""
        until = time.monotonic() + LEASE_S
        for generation, offset in wants:
            live = self._writing.get(UUID(generation))
            if live is None:
                continue
            wishes = self._wishes[live.generation_id]
            wish = wishes.get(process)
            if wish is None or anew:
                wishes[process] = _Wish(offset, until)
                self._tell_at_once(live)
            else:
                wish.until, wish.answer = until, True
        self._due.set()

    def left(self, process: str, generation_id: UUID) -> None:
        """Nobody there looks at this reply any more."""
        if generation_id in self._wishes:
            self._wishes[generation_id].pop(process, None)

    async def run(self) -> None:
        """Send what is new, in batches, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(BATCH_S if self._wishes else None):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            if not await self._send_what_is_new():
                await asyncio.sleep(PAUSE_S)

    def sweep(self) -> None:
        """Forget replies that have ended, and processes that have gone silent."""
        now = time.monotonic()
        for generation_id, wishes in tuple(self._wishes.items()):
            for process in [p for p, wish in wishes.items() if wish.until < now]:
                del wishes[process]
            if not wishes:
                del self._wishes[generation_id]
        for generation_id, live in tuple(self._writing.items()):
            if live.ended and generation_id not in self._wishes:
                del self._writing[generation_id]

    async def _send_what_is_new(self) -> bool:
        """Whether everything could be sent; what could not is sent again."""
        batches: defaultdict[str, list[tuple[_Wish, Piece]]] = defaultdict(list)
        for generation_id, wishes in self._wishes.items():
            live = self._writing[generation_id]
            known = len(live.text)
            for process, wish in wishes.items():
                if wish.sent < known or wish.answer or live.ended:
                    text = live.text[wish.sent :]
                    piece = (str(generation_id), wish.sent, text, live.ended)
                    batches[process].append((wish, piece))
        well = True
        for process, batch in batches.items():
            pieces = [piece for _, piece in batch]
            got = await self._link.send(
                own_channel(process), {"kind": "pieces", "pieces": pieces}
            )
            well &= got != FAILED
            if got != FAILED:
                self._note(process, batch, gone=not got)
        return well

    def _note(
        self, process: str, batch: list[tuple[_Wish, Piece]], *, gone: bool
    ) -> None:
        for wish, (generation, offset, text, ended) in batch:
            if wish.sent == offset:  # else it asked anew meanwhile
                wish.sent, wish.answer = offset + len(text), False
            if gone or ended:
                self.left(process, UUID(generation))
        for generation_id in [g for g, wishes in self._wishes.items() if not wishes]:
            del self._wishes[generation_id]

    def _tell_at_once(self, live: LiveReply) -> None:
        """Have the next words sent as they come."""

        async def wake() -> None:
            async for _ in live.follow(len(live.text)):
                break
            self._due.set()

        task = asyncio.create_task(wake())
        self._firsts.add(task)
        task.add_done_callback(self._firsts.discard)
