"""One reply in the making: the turn's events become text, rows and a record.

The runner drives it. Its two commits, `flush` and `close`, may be repeated after any
failure: what a rolled-back transaction wrote is written again.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from chatapp import wiring
from chatapp.conversations import tasks
from chatapp.conversations.ending import Ended, finish
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Status
from chatapp.conversations.summarising import LAG
from chatapp.conversations.turns import Begun
from chatapp.memories import anchors, calls, records, sharing
from chatapp.memories.ledger import SiteLedger, role_id
from chatapp.memories.models import Anchor
from chatapp.pipeline import Asked, pipelined
from memory import events
from memory.errors import MemoryAPIError, MemoryNotFound, MemoryUnavailable
from memory.observe import Seen
from memory.prompt import Prompt
from memory.recall import Recollection
from memory.reply import Citation, Reply
from memory.turn import Turn, answer

# Written out and in one piece, as is what writes many at once (`flushing.py`). A
# commit whose answer was lost may have written this number, with less text.
FLUSH = """
    WITH mine AS (
        UPDATE conversations_generation
        SET status = %(status)s, seq = %(seq)s, heartbeat_at = %(now)s,
            first_token_at = %(first_token_at)s
        WHERE id = %(generation)s AND status IN ('pending', 'streaming')
        RETURNING stop_requested
    ), logged AS (
        INSERT INTO conversations_generationevent (generation_id, seq, text)
        SELECT %(generation)s, %(seq)s, %(piece)s FROM mine WHERE %(piece)s <> ''
        ON CONFLICT (generation_id, seq) DO UPDATE SET text = excluded.text
    )
    SELECT stop_requested FROM mine
"""


NOT_RECALLED = MemoryAPIError(
    "off the record, without recall",
    user_message=gettext_noop("you switched memory off in this conversation"),
)


@dataclass(frozen=True)
class Due:
    """What one flush writes of a reply; `length` is how much of it is then written."""

    generation_id: UUID
    status: Status
    seq: int
    first_token_at: datetime | None
    piece: str
    length: int


class Writing:
    """What has become of one begun turn so far."""

    def __init__(self, begun: Begun, live: LiveReply) -> None:
        self.begun = begun
        self.live = live
        self.calls: list[Seen] = []
        self.renewed_at = time.monotonic()
        self._began = time.perf_counter()
        self._sent_at = self._began
        self._recollection = Recollection()
        self._prompt: Prompt | None = None
        self._reply: Reply | None = None
        self._cited: list[Citation] = []
        self._recall_ms = 0.0
        self._prompt_ms = 0.0
        self._first_token_at: datetime | None = None
        self._base = len(live.text)
        self._flushed = self._base
        self._seq = 0
        self._recorded = False

    async def run(self) -> None:
        """Drive the turn to its end; raises ModelError."""
        with calls.watched() as self.calls:
            await self._answer()

    async def _answer(self) -> None:
        turn = await self._anchored()
        ledger = self._ledger(turn)
        try:
            async with aclosing(
                answer(
                    turn,
                    memory=wiring.memory_client(),
                    llm=wiring.chat_model(),
                    ledger=ledger,
                )
            ) as happening:
                async for event in happening:
                    self._take(event)
        finally:
            await ledger.close()

    def _ledger(self, turn: Turn) -> SiteLedger:
        """What may be used in this reply, by the person's own rules."""
        begun, role = self.begun, role_id(turn)
        if not begun.rules.recalls:
            return SiteLedger(begun.anchor.pk, (), begun.hidden, role)
        shares = begun.rules.shares and begun.anchor.lane == sharing.LANE
        if not shares or role is not None:  # a role knows nothing of the person's life
            return SiteLedger(begun.anchor.pk, begun.carried, begun.hidden, role)
        return sharing.SharingLedger(
            begun.anchor,
            begun.carried,
            begun.hidden,
            query=turn.text,
            external_id=turn.user_external_id,
            deadline=turn.deadline,
            memory=wiring.memory_client(),
        )

    async def _anchored(self) -> Turn:
        begun, turn = self.begun, self.begun.turn
        if not begun.rules.recalls:
            return replace(turn, anchor_id=None, unreachable=NOT_RECALLED)
        if turn.anchor_id is not None:
            return turn
        try:
            async with asyncio.timeout(turn.deadline):
                maas_id = await ensure_anchor(
                    begun.anchor, turn.user_external_id, begun.anchor_name
                )
        except MemoryAPIError as exc:
            return replace(turn, unreachable=exc)
        except TimeoutError:
            late = MemoryUnavailable(
                "creating the anchor took longer than the deadline"
            )
            return replace(turn, unreachable=late)
        return replace(turn, anchor_id=maas_id)

    def _take(self, event: events.Answering) -> None:
        match event:
            case events.Token(text, cited):  # first: there are hundreds of them
                if self._first_token_at is None:
                    self._first_token_at = timezone.now()
                self.live.append(text)
                if cited:
                    self._cited += cited
            case events.Recalled(recollection):
                self._recollection = recollection
                self._recall_ms = (time.perf_counter() - self._began) * 1000
            case events.Prompted(prompt):
                self._prompt = prompt
                self._sent_at = time.perf_counter()
                self._prompt_ms = (self._sent_at - self._began) * 1000 - self._recall_ms
            case events.Replied(reply):
                self._reply = reply

    def ended(self, status: Status, problem: str = "", detail: str = "") -> Ended:
        """How it ended, in one value."""
        reply = self._reply
        return Ended(
            status=status,
            text=self.live.text[self._base :],
            citations=reply.citations if reply else self._cited,
            finish=reply.finish if reply else "",
            prompt_tokens=reply.prompt_tokens if reply else None,
            completion_tokens=reply.completion_tokens if reply else None,
            prompt_estimate=self._prompt.tokens if self._prompt else 0,
            problem=problem,
            detail=detail,
            reply_ms=(time.perf_counter() - self._sent_at) * 1000,
            first_token_at=self._first_token_at,
        )

    @property
    def has_record_due(self) -> bool:
        """Whether the next flush also writes the turn's record."""
        return self._prompt is not None and not self._recorded

    def due(self) -> Due:
        """What is new, with the number of its event."""
        text = self.live.text
        return Due(
            generation_id=self.begun.generation.pk,
            status=Status.STREAMING if len(text) > self._base else Status.PENDING,
            seq=self._seq + (len(text) > self._flushed),
            first_token_at=self._first_token_at,
            piece=text[self._flushed :],
            length=len(text),
        )

    def written(self, due: Due) -> None:
        """That is in the log now."""
        self._seq, self._flushed = due.seq, due.length

    def flush(self) -> bool:
        """Write what is new; True when it must stop: asked to, or ended elsewhere."""
        due = self.due()
        with pipelined() if self.has_record_due else nullcontext():
            stop = self._log(due)
            if stop is None:
                return True
            recorded = self._record()
        # Only now: what was rolled back has to be written again.
        self._recorded = recorded
        self.written(due)
        return stop

    def close(self, ended: Ended) -> None:
        """Write the end of the reply, with its record."""
        with transaction.atomic():
            self._record()
            finish(self.begun.generation, self.begun.anchor.pk, ended)
            if self.begun.rules.shares:
                sharing.link(self.begun.generation.pk)
            if self._is_summary_due:
                tasks.defer_summary(self.begun.generation.conversation_id)
            if isinstance(self._recollection.failure, MemoryNotFound):
                # The service does not know our anchor: make it again, once.
                tasks.defer_renewal(self.begun.anchor.pk, self.begun.anchor.maas_id)

    @property
    def _is_summary_due(self) -> bool:
        """Whether enough is out of the model's sight that no summary tells of."""
        prompt = self._prompt
        lane = lane_of(self.begun.anchor.lane)
        if prompt is None or not (settings.SUMMARY_TOKENS and lane.has_card):
            return False
        return prompt.dropped - prompt.covered >= LAG

    def _log(self, due: Due) -> bool | None:
        """Append to the event log; whether to stop, None when it ended elsewhere."""
        values = {
            "generation": due.generation_id,
            "status": due.status,
            "seq": due.seq,
            "now": timezone.now(),
            "first_token_at": due.first_token_at,
            "piece": due.piece,
        }
        row = Asked(FLUSH, values).one()
        return None if row is None else bool(row[0])

    def _record(self) -> bool:
        """Write the record once its prompt is known; whether it is written."""
        if self._recorded or self._prompt is None:
            return self._recorded
        records.open_record(
            self.begun.generation.pk,
            self.begun.anchor.pk,
            records.Recorded(
                self._recollection,
                self._prompt,
                self._recall_ms,
                self._prompt_ms,
                scene=self.begun.turn.scene,
                first=self._first(self._prompt),
            ),
        )
        return True

    def _first(self, prompt: Prompt) -> UUID | None:
        """The oldest message that this prompt had word for word, if it was cut there."""
        above = prompt.dropped - self.begun.turn.unread
        return self.begun.said[above] if prompt.dropped and self.begun.said else None


async def ensure_anchor(anchor: Anchor, external_id: str, name: str) -> str:
    """The service's id of this anchor; raises MemoryAPIError."""
    return await anchors.ensure(
        anchor.pk,
        name=name,
        told=anchors.metadata(anchor.lane, external_id, anchor.key),
        memory=wiring.memory_client(),
    )
