"""One turn with memory, in two halves that read top to bottom.

`answer()` is what the person waits for and may cancel: recall, prompt, reply.
`learn()` is what must never be lost: evaluate, feedback, extract, store. Each of its
steps is written to a `Book` when it is done, so that a run that was killed anywhere
goes on where it stopped and repeats no finished step.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from memory import events
from memory.client import MaasClient
from memory.completion import Message
from memory.errors import (
    AccessDenied,
    AnchorageError,
    BillingBlocked,
    MemoryAPIError,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRejected,
    ModelProtocolError,
    ModelRejected,
)
from memory.evaluate import Verdict, evaluate
from memory.extract import Extraction, extract
from memory.feedback import Feedback, due, feed_back, nothing
from memory.notes import Injected
from memory.prompt import BUDGET, Budget, build
from memory.proposal import Exchange, Role
from memory.recall import Ledger, Recollection, Trusting, recall
from memory.reply import Citation, Reply, stream
from memory.scene import BARE, Scene
from memory.second_opinion import reconsider
from memory.store import Entry, Scope, find, store
from memory.support import Likeness
from memory.taxonomy import Taxonomy
from memory.vetting import Vet, vetted

if TYPE_CHECKING:
    from memory.llm import ChatModel  # brings the SDK, most of a second

__all__ = ["Answer", "Book", "Entry", "Step", "Turn", "answer", "exchange", "learn"]

Step = Literal["evaluate", "feedback", "extract", "store"]
MENDABLE = (AccessDenied, BillingBlocked, MemoryNotFound)
"""Refusals of the memory service that the caller or an operator can end (correct the
key, pay, create the anchor again): the step waits instead of failing."""
MENDABLE_BY_STATUS = frozenset({401, 402, 403, 404, 429})
"""The same for the model's (the key, the account, the model's name, too many calls)."""


@dataclass(frozen=True)
class Turn:
    """One message to answer, and in whose memory.

    `anchor_id` is None while the pair has no anchor upstream; `unreachable` then says
    why it could not be created, if that was tried. `history` is the
    conversation before `text`, of which `unread` older messages were not read at all;
    `scene` is what else its prompt holds, within `budget`. `speaker` is the name of the
    one who answers. `attempt` counts the replies to this message so far: a later one shall be another reply.
    `so_far` is the reply to go on with, "" for a new one, and `joint` what comes
    between when the model leaves no space there itself.
    `query` is what memory is asked for, the text where it is left out. With `vet` the
    reply is held back until it is whole and was found fit to be shown.
    `deadline` is the recall's, in seconds. `role` is whom the person plays, None when
    they speak for themselves: memories of a role are that role's alone.
    """

    anchor_id: str | None
    user_external_id: str
    conversation_id: str
    instructions: str
    text: str
    at: datetime
    taxonomy: Taxonomy
    history: Sequence[Message] = ()
    speaker: str = ""
    attempt: int = 0
    so_far: str = ""
    joint: str = ""
    query: str = ""
    vet: Vet | None = None
    deadline: float = 0.4
    max_atoms: int = 8
    max_tokens: int = 800
    admit_foreign: bool = False
    unreachable: MemoryAPIError | None = None
    scene: Scene = BARE
    budget: Budget = BUDGET
    unread: int = 0
    role: Role | None = None


@dataclass(frozen=True)
class Answer:
    """What one `answer()` came to, as `learn()` needs it."""

    recollection: Recollection
    injected: Sequence[Injected]
    reply: Reply


class Book(Protocol):
    """Where `learn()` writes down what it has done; each method is one commit."""

    async def finished(self, step: Step) -> bool:
        """Whether an earlier run finished this step."""

    async def evaluated(self, verdict: Verdict) -> None:
        """Finish "evaluate"."""

    async def feeding(self) -> bool:
        """Note that feedback is about to be sent; False if that was noted before."""

    async def not_fed(self) -> None:
        """Take that note back: surely nothing was fed back, so it may be sent again."""

    async def fed_back(self, feedback: Feedback) -> None:
        """Finish "feedback"."""

    async def extracted(self, extraction: Extraction) -> None:
        """Finish "extract": take in what is new, add evidence to what is known."""

    async def unsaved(self) -> Sequence[Entry]:
        """What was taken in and is not confirmed by the service."""

    async def saved(self, entry: Entry, atom_id: str) -> None:
        """The service confirmed this entry."""

    async def stored(self) -> None:
        """Finish "store"."""

    async def failed(self, step: Step, error: AnchorageError) -> None:
        """Finish a step that can never succeed."""


async def answer(
    turn: Turn, *, memory: MaasClient, llm: ChatModel, ledger: Ledger | None = None
) -> AsyncGenerator[events.Answering, None]:
    """Recall, build the prompt, stream the reply.

    Raises ModelError when the model fails; the text yielded until then stands. A
    memory service that is away raises nothing: the recollection carries the reason.
    """
    recollection = await recall(
        turn.anchor_id,
        turn.query or turn.text,
        memory=memory,
        ledger=ledger or Trusting(),
        limit=turn.max_atoms,
        deadline=turn.deadline,
        admit_foreign=turn.admit_foreign,
    )
    if turn.unreachable is not None:
        recollection = replace(recollection, failure=turn.unreachable)
    yield events.Recalled(recollection)
    prompt = build(
        instructions=turn.instructions,
        history=turn.history,
        text=turn.text,
        atoms=recollection.usable,
        max_atoms=turn.max_atoms,
        max_tokens=turn.max_tokens,
        so_far=turn.so_far,
        scene=turn.scene,
        budget=turn.budget,
        unread=turn.unread,
    )
    yield events.Prompted(prompt)
    seed, so_far, joint = turn.attempt or None, turn.so_far, turn.joint
    cited: list[Citation] = []
    if turn.vet is None:
        reply = stream(
            prompt, llm, seed=seed, so_far=so_far, joint=joint, cite=cited.append
        )
    else:
        reply = vetted(prompt, llm, turn.vet, seed=seed, so_far=so_far, joint=joint)
    async with aclosing(reply) as pieces:
        async for piece in pieces:
            if isinstance(piece, Reply):
                yield events.Replied(piece)
            elif cited:
                yield events.Token(piece, tuple(cited))
                cited.clear()
            else:
                yield events.Token(piece)


async def learn(
    turn: Turn,
    answered: Answer,
    *,
    memory: MaasClient,
    llm: ChatModel,
    book: Book,
    ledger: Ledger | None = None,
    repeatable: bool = False,
    likeness: Likeness | None = None,
    second: ChatModel | None = None,
) -> AsyncGenerator[events.Learning, None]:
    """Evaluate, feed back, extract, store; call it again after an error to go on.

    Raises MemoryUnavailable, one of `MENDABLE` (404: the anchor is gone) and
    ModelUnavailable or ModelRejected for what time, an operator or the caller can mend.
    `repeatable` says that the service takes the same atom and the same feedback twice
    without counting it twice. Otherwise an atom that an earlier run may have stored is
    looked for first; `ledger` says which of the atoms found are others'. `likeness`
    compares by meaning; `second` is a small model that is asked about doubtful cases.
    """
    if turn.anchor_id is None:
        msg = "learn() needs the anchor: create it first."
        raise ValueError(msg)
    resumed = await book.finished("extract")
    # A continuation is judged by what it adds: nothing of the reply so far is new. What
    # card, lore or summary say is not new either: it proves nothing about memory.
    history = [message.content for message in turn.history]
    around = [turn.instructions, *turn.scene.words()]
    earlier = [*around, *history, turn.text, turn.so_far]
    verdict = evaluate(answered.reply, answered.injected, earlier, likeness)
    if not await book.finished("evaluate"):
        if second is not None:
            # Only adds: a run that was cut off here feeds back less, never other atoms.
            verdict = await reconsider(
                verdict, answered.reply, answered.injected, llm=second
            )
        await book.evaluated(verdict)
        yield events.Evaluated(verdict)
    if not await book.finished("feedback"):
        feedback = await _feed_back(
            verdict, answered.recollection, memory, book, repeatable=repeatable
        )
        await book.fed_back(feedback)
        yield events.FedBack(feedback)
    if not await book.finished("extract"):
        try:
            extraction = await extract(
                exchange(turn, answered.reply, verdict),
                taxonomy=turn.taxonomy,
                known=[item.atom.content for item in answered.injected],
                llm=llm,
            )
        except (ModelRejected, ModelProtocolError) as exc:
            if isinstance(exc, ModelRejected) and exc.status in MENDABLE_BY_STATUS:
                raise
            await book.failed("extract", exc)
            yield events.StepFailed("extract", exc)
        else:
            await book.extracted(extraction)
            yield events.Extracted(extraction)
    if not await book.finished("store"):
        scope = Scope(turn.anchor_id, turn.user_external_id, turn.conversation_id)
        doubtful = resumed and not repeatable
        async for event in _store(scope, memory, book, ledger, doubtful=doubtful):
            yield event


def exchange(turn: Turn, reply: Reply, verdict: Verdict) -> Exchange:
    """The texts to learn from: what an unfinished or refusing reply says is left out.

    What the person said counts however the reply ended.
    """
    said = reply.text if verdict.final else ""
    return Exchange(turn.text, said, turn.at, turn.speaker, turn.role)


async def _feed_back(
    verdict: Verdict,
    recollection: Recollection,
    memory: MaasClient,
    book: Book,
    *,
    repeatable: bool,
) -> Feedback:
    atom_ids = due(verdict, recollection)
    if not atom_ids:
        return nothing(verdict)
    first = await book.feeding()
    if not first and not repeatable:
        # An earlier run died between sending and noting the answer. The documented
        # API can not tell a repeat from a second use, so nothing is sent again.
        return Feedback("unknown", atom_ids, "An earlier run was cut off.")
    try:
        return await feed_back(verdict, recollection, memory=memory)
    except MemoryAPIError:
        await book.not_fed()  # it raises only when the service did nothing
        raise


async def _store(
    scope: Scope,
    memory: MaasClient,
    book: Book,
    ledger: Ledger | None,
    *,
    doubtful: bool,
) -> AsyncGenerator[events.Stored | events.StepFailed, None]:
    problem: AnchorageError | None = None
    for entry in await book.unsaved():
        try:
            atom_id = (
                await find(entry, scope, memory=memory, ledger=ledger)
                if doubtful
                else None
            ) or await store(entry, scope, memory=memory)
        except (MemoryRejected, MemoryProtocolError) as exc:
            if isinstance(exc, MENDABLE):
                raise
            problem = exc  # of this atom: the others may be fine
            continue
        await book.saved(entry, atom_id)
        yield events.Stored(entry.client_ref, atom_id)
    if problem is None:
        await book.stored()
    else:
        await book.failed("store", problem)
        yield events.StepFailed("store", problem)
