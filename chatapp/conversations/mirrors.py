"""Copies of the replies that other processes write, one for all pages of this process.

A copy grows by what the writing process sends (`relay.py`) and by the event log, which
has everything, a little later: it is read when a copy begins, where text is missing,
and all the time while the writing process is not heard. Both name the offset of their
text, so that no way of mixing them loses or doubles a character.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from chatapp.conversations.event_log import read_log
from chatapp.conversations.live import LiveReply
from chatapp.conversations.tasks import AWAY

logger = logging.getLogger(__name__)
LOG_S = 0.25
"""How often the log is read while nothing else brings the text."""
RENEW_S = 2.0
"""How often the writing process is asked again, and answers."""
HEARD_FOR_S = 2 * RENEW_S + 0.5
Want = tuple[UUID, int]
"""A reply and how many characters of it are known here."""


class Mirror:
    """A copy of one reply. `live` is what pages read."""

    def __init__(self, generation_id: UUID, conversation_id: UUID) -> None:
        self.live = LiveReply(generation_id, conversation_id)
        self.readers = 0
        self.heard_until = 0.0
        self._seq = 0
        self._begins = 0
        self._length = 0
        self._wake = asyncio.Event()

    def take(self, offset: int, text: str, ended: bool) -> bool:
        """Text from `offset` on; False when there is a gap before it."""
        known = len(self.live.text)
        if offset > known:
            self._wake.set()
            return False
        if offset + len(text) > known:
            self.live.append(text[known - offset :])
        if ended:
            self.live.end()
            self._wake.set()
        return True

    def wake(self) -> None:
        """Have the log read now."""
        self._wake.set()

    async def follow_log(self) -> None:
        """Read the log whenever that is needed, until the reply has ended."""
        while not self.live.ended:
            await self._read()
            while not await self._woken() and self._heard():
                pass

    async def _woken(self) -> bool:
        quiet = self.heard_until - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(LOG_S, quiet)):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._wake.clear()
        return True

    def _heard(self) -> bool:
        return asyncio.get_running_loop().time() < self.heard_until

    async def _read(self) -> None:
        try:
            logged = await read_log(self.live.generation_id, self._seq)
        except AWAY as exc:
            logger.warning("A reply's log could not be read, trying again: %s", exc)
            return
        for seq, text in logged.pieces:
            if seq != self._seq:
                self._begins += self._length
                self._seq = seq
            self._length = len(text)
            self.take(self._begins, text, ended=False)
        if logged.ended is not None:
            # It may be shorter than what its process had sent before it died.
            self.take(0, logged.ended, ended=True)


class Mirrors:
    """All copies of this process. `ask` and `leave` reach the writing processes."""

    def __init__(self) -> None:
        self.ask: Callable[[Sequence[Want], bool], None] = tell_nobody
        self.leave: Callable[[UUID], None] = tell_nobody
        self._mirrors: dict[UUID, Mirror] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    @contextmanager
    def copy(self, generation_id: UUID, conversation_id: UUID) -> Iterator[LiveReply]:
        """The growing copy of a reply, kept while somebody reads it."""
        mirror = self._mirrors.get(generation_id)
        if mirror is None or mirror.live.ended:
            mirror = self._begin(generation_id, conversation_id)
        mirror.readers += 1
        try:
            yield mirror.live
        finally:
            mirror.readers -= 1
            if not mirror.readers:
                self._end(mirror)

    def take(self, generation_id: UUID, offset: int, text: str, ended: bool) -> None:
        """Text that the writing process has sent."""
        mirror = self._mirrors.get(generation_id)
        if mirror is None:
            return
        mirror.heard_until = asyncio.get_running_loop().time() + HEARD_FOR_S
        if not mirror.take(offset, text, ended):
            self.ask([(generation_id, len(mirror.live.text))], True)

    def wants(self) -> list[Want]:
        """What is read here, and how far it is known."""
        return [(key, len(mirror.live.text)) for key, mirror in self._mirrors.items()]

    def unheard(self) -> None:
        """The other processes can not be reached: the log is all there is."""
        for mirror in self._mirrors.values():
            mirror.heard_until = 0.0
            mirror.wake()

    def _begin(self, generation_id: UUID, conversation_id: UUID) -> Mirror:
        mirror = Mirror(generation_id, conversation_id)
        self._mirrors[generation_id] = mirror
        self._tasks[generation_id] = asyncio.create_task(
            mirror.follow_log(), name=f"copy of {generation_id}"
        )
        self.ask([(generation_id, 0)], True)
        return mirror

    def _end(self, mirror: Mirror) -> None:
        generation_id = mirror.live.generation_id
        if self._mirrors.get(generation_id) is mirror:
            del self._mirrors[generation_id]
            self._tasks.pop(generation_id).cancel()
            if not mirror.live.ended:
                self.leave(generation_id)


def tell_nobody(*_: object) -> None:
    """Without a link, the log is all there is."""


MIRRORS = Mirrors()
"""The copies of this process."""
