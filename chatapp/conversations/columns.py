"""Two answers side by side while they are written: what a comparison sends its page.

Each answer is a column, "with" and "without". Its words are sent as they come; when both
have ended, what the two do not share is marked in both.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID

from channels.db import database_sync_to_async
from django.utils.translation import gettext, gettext_lazy

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.conversations.comparing import Again, Question
from chatapp.conversations.differences import differences
from chatapp.language.sentences import told
from memory import events
from memory.errors import ModelError
from memory.evaluate import evaluate
from memory.notes import Injected
from memory.prompt import Prompt, build
from memory.recall import Recollection, reason
from memory.reply import Reply, stream
from memory.tokens import tokens_in
from memory.turn import answer

Side = Literal["with", "without"]
Frame = dict[str, object]
Tell = Callable[[Frame], Awaitable[None]]
RENEW_S = 5.0
STOPPED = gettext_lazy("Stopped.")


@dataclass(frozen=True)
class Cost:
    """What an answer took. Times are milliseconds; `estimated`: the model gave no count."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    estimated: bool
    recall_ms: float | None = None
    first_ms: float | None = None
    total_ms: float | None = None


class Column:
    """One answer in the making. Its lease is settled however it ends."""

    def __init__(self, side: Side, lease: UUID, tell: Tell) -> None:
        self.side = side
        self.text = ""
        self._lease = lease
        self._tell = tell
        self._began = time.perf_counter()
        self._first_ms: float | None = None
        self._recall_ms: float | None = None
        self._estimate = 0
        self._reply: Reply | None = None
        self._injected: Sequence[Injected] = ()

    async def run(self, write: Callable[[Column], Awaitable[None]]) -> None:
        """Have it written by `write`, and say how it ended; raises nothing of a model."""
        problem = ""
        try:
            await write(self)
        except ModelError as exc:
            problem = told(exc.user_message)
        except asyncio.CancelledError:
            problem = str(STOPPED)
            raise
        finally:
            # Whoever stops it does not wait for this, and it is charged all the same.
            await asyncio.shield(self._end(problem))

    async def take(self, event: events.Answering) -> None:
        """What happens in a turn, as the page is told of it."""
        match event:
            case events.Recalled(recollection):
                self._recall_ms = self._now()
                await self._recalled(recollection)
            case events.Prompted(prompt):
                await self.prompted(prompt)
            case events.Token(text):
                await self.say(text)
            case events.Replied(reply):
                self._reply = reply

    async def prompted(self, prompt: Prompt) -> None:
        """This is what the model is sent."""
        self._estimate = prompt.tokens
        self._injected = prompt.injected
        if prompt.injected:
            notes = [[item.atom.content, False] for item in prompt.injected]
            await self._tell({"kind": "notes", "side": self.side, "notes": notes})

    async def say(self, text: str) -> None:
        """More words."""
        if self._first_ms is None:
            self._first_ms = self._now()
        self.text += text
        await self._tell({"kind": "text", "side": self.side, "text": text})

    def replied(self, reply: Reply) -> None:
        """The answer is complete."""
        self._reply = reply

    async def judge(self, asked: str) -> None:
        """Say which notes the complete answer used."""
        if self._reply is None or not self._injected:
            return
        verdict = evaluate(self._reply, self._injected, [asked])
        used = {atom.atom_id for atom in verdict.atoms if atom.used}
        notes = [
            [item.atom.content, item.atom.atom_id in used] for item in self._injected
        ]
        await self._tell({"kind": "notes", "side": self.side, "notes": notes})

    async def _recalled(self, recollection: Recollection) -> None:
        if recollection.failure is not None:
            why = gettext("No memory this turn: %(reason)s") % {
                "reason": told(reason(recollection.failure))
            }
            await self._tell({"kind": "note", "side": self.side, "text": why})
        elif not recollection.usable:
            why = gettext(
                "Nothing in memory fitted this question, so both answers have none."
            )
            await self._tell({"kind": "note", "side": self.side, "text": why})

    async def _end(self, problem: str) -> None:
        cost = self._cost()
        tokens = cost.prompt_tokens + cost.completion_tokens
        await _settle(self._lease, tokens)
        await self._tell(
            {
                "kind": "ended",
                "side": self.side,
                "problem": problem,
                "cost": asdict(cost),
            }
        )

    def _cost(self) -> Cost:
        read = self._reply.prompt_tokens if self._reply else None
        wrote = self._reply.completion_tokens if self._reply else None
        return Cost(
            model=wiring.chat_model_name(),
            prompt_tokens=self._estimate if read is None else read,
            completion_tokens=tokens_in(self.text) if wrote is None else wrote,
            estimated=read is None or wrote is None,
            recall_ms=self._recall_ms,
            first_ms=self._first_ms,
            total_ms=self._now(),
        )

    def _now(self) -> float:
        return (time.perf_counter() - self._began) * 1000


async def compare_question(asked: Question, tell: Tell) -> None:
    """Answer a question twice at once."""
    turn = asked.turn
    bare = build(
        instructions=turn.instructions,
        history=(),
        text=turn.text,
        atoms=(),
        scene=turn.scene,
        budget=turn.budget,
    )

    async def with_memory(column: Column) -> None:
        happening = answer(
            turn,
            memory=wiring.memory_client(),
            llm=wiring.chat_model(),
            ledger=asked.ledger,
        )
        async with aclosing(happening) as happened:
            async for event in happened:
                await column.take(event)

    first = Column("with", asked.leases[0], tell)
    second = Column("without", asked.leases[1], tell)
    # A group, which ends when both have: each settles what it took, also when stopped.
    async with _renewed(asked.leases), asyncio.TaskGroup() as both:
        both.create_task(first.run(with_memory))
        both.create_task(second.run(lambda column: _write(column, bare)))
    await first.judge(turn.text)
    await _tell_differences(first.text, second.text, tell)


async def compare_again(reply: Again, tell: Tell) -> None:
    """Write a reply's prompt once more without its memory, beside what it was."""
    cost = Cost(
        model=reply.model,
        prompt_tokens=reply.prompt_tokens or 0,
        completion_tokens=reply.completion_tokens or tokens_in(reply.text),
        estimated=reply.prompt_tokens is None or reply.completion_tokens is None,
        recall_ms=reply.recall_ms,
        first_ms=reply.first_ms,
        total_ms=reply.total_ms,
    )
    await tell({"kind": "text", "side": "with", "text": reply.text})
    await tell(
        {"kind": "notes", "side": "with", "notes": [list(n) for n in reply.notes]}
    )
    await tell({"kind": "ended", "side": "with", "problem": "", "cost": asdict(cost)})
    tokens = sum(tokens_in(message.content) for message in reply.messages)
    prompt = Prompt(messages=reply.messages, tokens=tokens)
    column = Column("without", reply.lease, tell)
    async with _renewed([reply.lease]):
        await column.run(
            lambda column: _write(column, prompt, seed=reply.seed, so_far=reply.so_far)
        )
    await _tell_differences(reply.text, column.text, tell)


async def _write(
    column: Column, prompt: Prompt, *, seed: int | None = None, so_far: str = ""
) -> None:
    await column.prompted(prompt)
    pieces = stream(prompt, wiring.chat_model(), seed=seed, so_far=so_far)
    async with aclosing(pieces) as coming:
        async for piece in coming:
            if isinstance(piece, Reply):
                column.replied(piece)
            else:
                await column.say(piece)


async def _tell_differences(first: str, second: str, tell: Tell) -> None:
    if not (first and second):
        return
    one, two = await asyncio.to_thread(differences, first, second)
    await tell({"kind": "compared", "with": one, "without": two})


@asynccontextmanager
async def _renewed(leases: Sequence[UUID]) -> AsyncIterator[None]:
    """Keep these answers counted as running while they are written."""

    async def keep_on() -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            await _renew(leases)

    task = asyncio.create_task(keep_on())
    try:
        yield
    finally:
        task.cancel()


_settle = database_sync_to_async(caps.settle, thread_sensitive=False)
_renew = database_sync_to_async(caps.renew, thread_sensitive=False)
