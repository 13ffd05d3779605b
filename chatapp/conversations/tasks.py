"""The durable half of a turn, as jobs: what was said is learnt, whatever happens.

A job is deferred in the transaction that ends the answer, in order per anchor. It
walks the steps of `memory.turn.learn`, each written down when done. An outage makes it
wait and try again; a blocked account sets it aside; what can never succeed fails
visibly and lets the next turn learn. A reply that was left behind is not learnt from.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.conversations import hub, learnable, summarising
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.learnable import Learnable
from chatapp.memories import anchors, calls, queue, records
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.likeness import likeness
from chatapp.memories.models import Anchor, TurnCall, TurnRecord
from chatapp.memories.pause import BLOCKS, Paused, pause, paused
from chatapp.memories.restore import restore
from memory.errors import (
    AnchorageError,
    MemoryAway,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRejected,
    ModelError,
)
from memory.events import Extracted
from memory.proposal import Exchange, request
from memory.summary import summarise
from memory.tokens import tokens_in
from memory.turn import Turn, learn

logger = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError, ConnectorException)
"""The database does not answer, or ended the work: trying again is right. The last is the
job library's name for the same."""
FOR_GOOD = (MemoryRejected, MemoryProtocolError)
"""But for a 404 and for `BLOCKS`: the same call would be refused again."""
LONGEST_WAIT_S = 30.0
"""Short enough that a backlog drains within a minute of the service's return."""
AWAY_WAIT_S = (30.0, 120.0)
"""While the circuit breaker is open: jobs are woken when it closes, so that many of
them need not look in vain."""
RETRY_AFTER_CEILING_S = 300.0
SUMMARY_STEPS = 8
"""Calls of one job; an imported conversation of thousands goes on with its next turn."""
SLACK_S = 5.0
"""Clocks of two machines may differ by so much."""


class OutageRetry(BaseRetryStrategy):
    """Exponential backoff with full jitter, for as long as an outage lasts.

    What an operator has to settle is set aside; what can never succeed ends.
    """

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """When to try again, or None to let the job end as failed."""
        if isinstance(exception, (Paused, *BLOCKS)):
            return RetryDecision(queue=queue.PARKED)
        if not isinstance(exception, (AnchorageError, *AWAY)):
            return None
        if isinstance(exception, MemoryAway):
            wait = random.uniform(*AWAY_WAIT_S)
        else:
            wait = random.uniform(0, min(LONGEST_WAIT_S, 2.0 ** min(job.attempts, 10)))
        asked = getattr(exception, "retry_after", None) or 0.0
        wait = max(wait, min(asked, RETRY_AFTER_CEILING_S))
        return RetryDecision(retry_in={"seconds": max(1, math.ceil(wait))})


def defer_learning(
    generation_id: UUID, anchor_id: UUID, *, grace_s: float | None = None
) -> None:
    """Have this turn learnt after `grace_s`; part of the caller's transaction.

    Left out, it is the setting's: the time in which the person may still take the
    reply back, or end it with their next message.
    """
    grace = settings.LEARN_GRACE_S if grace_s is None else grace_s
    due = timezone.now() + timedelta(seconds=grace) if grace > 0 else None
    learn_turn.configure(lock=str(anchor_id), schedule_at=due).defer(
        generation_id=str(generation_id)
    )


def unjump() -> int:
    """Make due what a jump of the clock has put off; returns how many jobs."""
    longest = max(RETRY_AFTER_CEILING_S, *AWAY_WAIT_S)
    return queue.unjump(settings.LEARN_GRACE_S + SLACK_S, longest + SLACK_S)


def defer_renewal(anchor_id: UUID, lost: str) -> None:
    """Have an anchor made again that the service lost, and filled from the ledger.

    Part of the caller's transaction; one such job at a time is enough. `lost` is ""
    for an anchor that only has to be filled.
    """
    job = renew_anchor.configure(
        lock=str(anchor_id), queueing_lock=f"renew {anchor_id}"
    )
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            job.defer(anchor_id=str(anchor_id), lost=lost)
    except AlreadyEnqueued:
        logger.info("Anchor %s is about to be renewed already", anchor_id)


def defer_summary(conversation_id: UUID) -> None:
    """Have older messages summarised; part of the caller's transaction."""
    job = summarise_conversation.configure(
        lock=f"summary {conversation_id}", queueing_lock=f"summary {conversation_id}"
    )
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            job.defer(conversation_id=str(conversation_id))
    except AlreadyEnqueued:
        logger.info("Conversation %s is about to be summarised", conversation_id)


@app.task(name="summarise_conversation", retry=OutageRetry())
async def summarise_conversation(conversation_id: str) -> None:
    """Summarise what is out of the model's sight, a few steps at most.

    When the model is away the next turn asks again: until then the conversation goes
    on without, and says so.
    """
    pk = UUID(conversation_id)
    for _ in range(SUMMARY_STEPS):
        piece = await _next_piece(pk)
        if piece is None:
            return
        try:
            text = await summarise(
                piece.before,
                piece.said,
                llm=wiring.chat_model(),
                speaker=piece.speaker,
                tokens=settings.SUMMARY_TOKENS,
            )
        except ModelError as exc:
            logger.warning("Conversation %s was not summarised: %s", pk, exc)
            return
        read = sum(tokens_in(message.content) for message in piece.said)
        await _charge(piece.user, read + tokens_in(piece.before) + tokens_in(text))
        if await _keep_summary(pk, piece, text):
            await _poke(pk)


@app.task(name="learn_turn", queue=queue.LEARN, retry=OutageRetry())
async def learn_turn(generation_id: str) -> None:
    """Learn from one ended reply; safe to run again after any interruption.

    What the same anchor has not learnt from before it comes first: the rows give the
    order, the job only the occasion.
    """
    for due in await _due(UUID(generation_id)):
        await _learn_from(due)


async def _learn_from(generation_id: UUID) -> None:
    found = await _load(generation_id)
    if found is None:
        return
    with calls.watched() as seen:
        try:
            await _learn_what_was_found(generation_id, found)
        finally:
            await _keep_calls(generation_id, TurnCall.Half.LEARN, seen)


async def _learn_what_was_found(generation_id: UUID, found: Learnable) -> None:
    turn = found.turn
    try:
        turn = replace(turn, anchor_id=await _anchored(found))
        await _learn(found, turn)
    except MemoryNotFound as exc:
        await _waiting(found.record, exc)
        lost = turn.anchor_id or ""
        await _renewed(found.record.anchor_id, lost, found.name, found.told)
        raise
    except BLOCKS as exc:
        await _waiting(found.record, exc)
        await _pause(exc)
        raise
    except FOR_GOOD as exc:
        # Of a call between the steps: each step ends by itself when it is refused.
        logger.error("Turn %s can not be learnt: %s", generation_id, exc)
        await _refused(found.record, exc)
        return
    except AnchorageError as exc:
        logger.warning("Turn %s waits to be learnt: %s", generation_id, exc)
        await _waiting(found.record, exc)
        raise
    except AWAY as exc:
        logger.warning("Turn %s waits for the database: %s", generation_id, exc)
        raise
    except TurnRecord.DoesNotExist:
        return  # deleted meanwhile, with all that could be learnt
    except Exception:
        logger.exception("Turn %s can not be learnt", generation_id)
        await _broken(found.record)
        raise
    await _learnt(found.record)


@app.task(name="renew_anchor", queue=queue.LEARN, retry=OutageRetry())
async def renew_anchor(anchor_id: str, lost: str) -> None:
    """Make an anchor again that the service lost, and store its atoms there."""
    found = await _anchor(UUID(anchor_id))
    if found is None:
        return
    try:
        await _renewed(UUID(anchor_id), lost, *found)
    except BLOCKS as exc:
        await _pause(exc)
        raise
    except MemoryNotFound:
        raise
    except FOR_GOOD as exc:
        # It must not hold up the turns behind it: they ask again, and say so.
        logger.error("Anchor %s can not be made again: %s", anchor_id, exc)


async def _anchored(found: Learnable) -> str:
    """The turn's anchor at the service, holding what the ledger says it holds."""
    memory, anchor_id = wiring.memory_client(), found.record.anchor_id
    maas_id = found.turn.anchor_id or await anchors.ensure(
        anchor_id, name=found.name, told=found.told, memory=memory
    )
    # Finds nothing to do but after a renewal or a move that was cut off.
    await _restored(anchor_id, maas_id, found.told)
    return maas_id


async def _learn(found: Learnable, turn: Turn) -> None:
    async for event in learn(
        turn,
        found.answer,
        memory=wiring.memory_client(),
        llm=wiring.chat_model(),
        book=found.book,
        ledger=SiteLedger(found.record.anchor_id, ()),
        repeatable=settings.EMBEDDED_MAAS,
        likeness=likeness(),
        second=wiring.second_model(),
    ):
        if isinstance(event, Extracted) and not event.extraction.skipped:
            await _charge(found.user, _extraction_tokens(found))


async def _renewed(
    anchor_id: UUID, lost: str, name: str, told: Mapping[str, str]
) -> None:
    memory = wiring.memory_client()
    maas_id = await anchors.renew(anchor_id, lost, name=name, told=told, memory=memory)
    await _restored(anchor_id, maas_id, told)


async def _restored(anchor_id: UUID, maas_id: str, told: Mapping[str, str]) -> None:
    await restore(
        anchor_id,
        maas_id,
        told["user_external_id"],
        memory=wiring.memory_client(),
        repeatable=settings.EMBEDDED_MAAS,
    )


def _extraction_tokens(found: Learnable) -> int:
    """About what the extraction read: its answer is short, and no count comes back."""
    turn, reply = found.turn, found.answer.reply
    asked = request(
        Exchange(turn.text, reply.text, turn.at, turn.speaker), turn.taxonomy
    )
    return sum(tokens_in(message.content) for message in asked)


def _waiting_now(record: TurnRecord, error: AnchorageError) -> None:
    records.note_waiting(record, error)
    hub.poke(record.generation.conversation_id)


def _refused_now(record: TurnRecord, error: AnchorageError) -> None:
    records.note_refused(record, error)
    hub.poke(record.generation.conversation_id)


def _broken_now(record: TurnRecord) -> None:
    records.note_broken(record)
    hub.poke(record.generation.conversation_id)


def _learnt_now(record: TurnRecord) -> None:
    records.done_learning(record)
    hub.poke(record.generation.conversation_id)


def _due_now(generation_id: UUID) -> list[UUID]:
    """This turn, behind the earlier ones of its anchor that are not learnt yet."""
    if paused():
        raise Paused
    return records.due(generation_id)


def _anchor_now(anchor_id: UUID) -> tuple[str, dict[str, str]] | None:
    if paused():
        raise Paused
    anchor = Anchor.objects.select_related("user").filter(pk=anchor_id).first()
    if anchor is None:
        return None  # deleted meanwhile, with all that it held
    external_id = lane_of(anchor.lane).external_id(anchor.user)
    name = "Learner" if anchor.lane == "tutor" else f"Pair with {anchor.key}"
    return name, anchors.metadata(anchor.lane, external_id, anchor.key)


def _charge_now(user: User, tokens: int) -> None:
    caps.charge(user, tokens)


_next_piece = database_sync_to_async(summarising.next_piece, thread_sensitive=False)
_keep_summary = database_sync_to_async(summarising.keep, thread_sensitive=False)
_poke = database_sync_to_async(hub.poke, thread_sensitive=False)
_keep_calls = database_sync_to_async(calls.keep, thread_sensitive=False)
_due = database_sync_to_async(_due_now, thread_sensitive=False)
_pause = database_sync_to_async(pause, thread_sensitive=False)
_load = database_sync_to_async(learnable.load, thread_sensitive=False)
_waiting = database_sync_to_async(_waiting_now, thread_sensitive=False)
_refused = database_sync_to_async(_refused_now, thread_sensitive=False)
_broken = database_sync_to_async(_broken_now, thread_sensitive=False)
_learnt = database_sync_to_async(_learnt_now, thread_sensitive=False)
_anchor = database_sync_to_async(_anchor_now, thread_sensitive=False)
_charge = database_sync_to_async(_charge_now, thread_sensitive=False)
