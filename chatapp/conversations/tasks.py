"""The durable half of a turn, as jobs: what was said is learnt, whatever happens.

A job is deferred in the transaction that ends the answer, in order per anchor. It
walks the steps of `memory.turn.learn`, each written down when done. An outage makes it
wait and try again; what can never succeed fails visibly and lets the next turn learn.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from chatapp import wiring
from chatapp.accounts import caps
from chatapp.accounts.models import User
from chatapp.conversations import hub, learnable
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.learnable import Learnable
from chatapp.memories import anchors, records
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.models import Anchor, TurnRecord
from chatapp.memories.restore import restore
from memory.errors import AnchorageError, MemoryNotFound
from memory.events import Extracted
from memory.extract import Exchange, request
from memory.prompt import tokens_in
from memory.turn import Turn, learn

logger = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError)
"""The database does not answer, or ended the work: trying again is right."""
LONGEST_WAIT_S = 30
"""Short enough that a backlog drains within a minute of the service's return."""
PARKED_AFTER = 240
"""Attempts, about an hour: an outage that lasts longer needs an operator ..."""
PARKED_WAIT_S = 300
"""... and is then looked at less often, for as long as it lasts."""


class OutageRetry(BaseRetryStrategy):
    """Exponential backoff with full jitter for what may pass; the rest ends."""

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """When to try again, or None to let the job end as failed."""
        if not isinstance(exception, (AnchorageError, *AWAY)):
            return None
        longest = LONGEST_WAIT_S if job.attempts < PARKED_AFTER else PARKED_WAIT_S
        ceiling = min(longest, 2 ** min(job.attempts, 10))
        asked = getattr(exception, "retry_after", None) or 0
        wait = max(random.uniform(0, ceiling), min(asked, longest))
        return RetryDecision(retry_in={"seconds": max(1, round(wait))})


def defer_learning(generation_id: UUID, anchor_id: UUID) -> None:
    """Have this turn learnt; part of the caller's transaction."""
    learn_turn.configure(
        lock=str(anchor_id), schedule_in={"seconds": int(settings.LEARN_GRACE_S)}
    ).defer(generation_id=str(generation_id))


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


@app.task(name="learn_turn", queue="learn", retry=OutageRetry())
async def learn_turn(generation_id: str) -> None:
    """Learn from one ended reply; safe to run again after any interruption."""
    found = await _load(UUID(generation_id))
    if found is None:
        return
    turn = found.turn
    try:
        turn = replace(turn, anchor_id=await _anchored(found))
        await _learn(found, turn)
    except MemoryNotFound as exc:
        await _waiting(found.record, exc)
        lost = turn.anchor_id or ""
        await _renewed(found.record.anchor_id, lost, found.name, found.told)
        raise
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


@app.task(name="renew_anchor", queue="learn", retry=OutageRetry())
async def renew_anchor(anchor_id: str, lost: str) -> None:
    """Make an anchor again that the service lost, and store its atoms there."""
    found = await _anchor(UUID(anchor_id))
    if found is not None:
        await _renewed(UUID(anchor_id), lost, *found)


async def _anchored(found: Learnable) -> str:
    """The turn's anchor at the service, holding what the ledger says it holds."""
    memory, anchor_id = wiring.memory_client(), found.record.anchor_id
    maas_id = await anchors.ensure(
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


def _broken_now(record: TurnRecord) -> None:
    records.note_broken(record)
    hub.poke(record.generation.conversation_id)


def _learnt_now(record: TurnRecord) -> None:
    records.done_learning(record)
    hub.poke(record.generation.conversation_id)


def _anchor_now(anchor_id: UUID) -> tuple[str, dict[str, str]] | None:
    anchor = Anchor.objects.select_related("user").filter(pk=anchor_id).first()
    if anchor is None:
        return None  # deleted meanwhile, with all that it held
    external_id = lane_of(anchor.lane).external_id(anchor.user)
    name = "Learner" if anchor.lane == "tutor" else f"Pair with {anchor.key}"
    return name, anchors.metadata(anchor.lane, external_id, anchor.key)


def _charge_now(user: User, tokens: int) -> None:
    caps.charge(user, tokens)


_load = database_sync_to_async(learnable.load, thread_sensitive=False)
_waiting = database_sync_to_async(_waiting_now, thread_sensitive=False)
_broken = database_sync_to_async(_broken_now, thread_sensitive=False)
_learnt = database_sync_to_async(_learnt_now, thread_sensitive=False)
_anchor = database_sync_to_async(_anchor_now, thread_sensitive=False)
_charge = database_sync_to_async(_charge_now, thread_sensitive=False)
