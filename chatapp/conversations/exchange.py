"""What the site's processes tell each other while replies are written.

With `REDIS_URL` set, one runs in each web process. Four kinds of frames: a reply
`began` somewhere; a process would `follow` replies or has `left` one; `pieces` of text
for a process that follows. Losing any of them costs time, never text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from uuid import UUID

from chatapp.conversations import hub
from chatapp.conversations.link import EVERYBODY, Frame, Link
from chatapp.conversations.live import LiveReply
from chatapp.conversations.mirrors import MIRRORS, RENEW_S, Mirrors, Want, tell_nobody
from chatapp.conversations.relay import Relay


class Exchange:
    """Joins what is written here and what is read here to the other processes."""

    def __init__(self, url: str, mirrors: Mirrors = MIRRORS) -> None:
        self.link = Link(url, self._received, self._changed)
        self._mirrors = mirrors
        self._relay = Relay(self.link)
        self._sending: set[asyncio.Task[object]] = set()

    async def run(self) -> None:
        """Take part until cancelled."""
        self._mirrors.ask, self._mirrors.leave = self._ask, self._leave
        try:
            with hub.carrying(self):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.link.run())
                    group.create_task(self._relay.run())
                    group.create_task(self._renew())
        finally:
            self._mirrors.ask = self._mirrors.leave = tell_nobody

    def began(self, live: LiveReply) -> None:
        """A reply begins here: pages elsewhere may want to show it."""
        self._relay.began(live)
        self._tell(
            {
                "kind": "began",
                "conversation": str(live.conversation_id),
                "generation": str(live.generation_id),
            }
        )

    def _received(self, frame: Frame) -> None:
        kind, sender = frame["kind"], frame.get("from")
        if sender == self.link.name:
            return
        if kind == "pieces":
            for generation, offset, text, ended in frame["pieces"]:
                self._mirrors.take(UUID(generation), offset, text, ended)
        elif kind == "follow":
            self._relay.asked(str(sender), frame["wants"], anew=frame["anew"])
        elif kind == "left":
            self._relay.left(str(sender), UUID(frame["generation"]))
        elif kind == "began":
            hub.announce_elsewhere(
                UUID(frame["conversation"]), UUID(frame["generation"])
            )

    def _changed(self, up: bool) -> None:
        if up:
            self._ask(self._mirrors.wants(), True)
        else:
            self._mirrors.unheard()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            self._relay.sweep()
            self._ask(self._mirrors.wants(), False)

    def _ask(self, wants: Sequence[Want], anew: bool) -> None:
        if wants:
            told = [(str(generation), known) for generation, known in wants]
            self._tell({"kind": "follow", "wants": told, "anew": anew})

    def _leave(self, generation_id: UUID) -> None:
        self._tell({"kind": "left", "generation": str(generation_id)})

    def _tell(self, frame: Frame) -> None:
        """Send to everybody, in the background: whoever tells does not wait."""
        if self.link.up:
            sending: Coroutine[object, object, object] = self.link.send(
                EVERYBODY, {"from": self.link.name, **frame}
            )
            task = asyncio.create_task(sending)
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
