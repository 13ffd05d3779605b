"""The durable half of a turn, as jobs: what was said is learnt, whatever happens.

A job is deferred in the transaction that ends the answer, in order per anchor. It
walks the steps of `memory.turn.learn`, each written down when done. An outage makes it
wait and try again; what can never succeed fails visibly and lets the next turn learn.
"""

from __future__ import annotations

import logging
import random
from dataclasses import replace
from uuid import UUID

from channels.db import database_sync_to_async
from django.conf import settings
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from chatapp import wiring
from chatapp.conversations import context, hub
from chatapp.conversations.lanes import lane_of
from chatapp.conversations.models import Generation, Role, Status
from chatapp.memories import anchors, records
from chatapp.memories.book import TurnBook
from chatapp.memories.ledger import SiteLedger
from chatapp.memories.models import Anchor, StepStatus, TurnRecord, TurnStep
from chatapp.memories.restore import restore
from memory.errors import AnchorageError, MemoryNotFound
from memory.reply import Citation, Ending, Reply
from memory.turn import Answer, Turn, learn

logger = logging.getLogger(__name__)
LONGEST_WAIT_S = 30
"""Short enough that a backlog drains within a minute of the service's return."""
MOST_ATTEMPTS = 24 * 3600 // LONGEST_WAIT_S * 2
"""At least a day of trying: waits are random between 0 and the longest."""
ENDINGS: dict[str, Ending] = {
    Status.COMPLETE: "complete",
    Status.STOPPED: "stopped",
    Status.FAILED: "failed",
    Status.INTERRUPTED: "interrupted",
}


class OutageRetry(BaseRetryStrategy):
    """Exponential backoff with full jitter for what may pass; the rest ends."""

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """When to try again, or None to let the job end as failed."""
        if not isinstance(exception, AnchorageError) or job.attempts > MOST_ATTEMPTS:
            return None
        ceiling = min(LONGEST_WAIT_S, 2 ** min(job.attempts, 10))
        asked = getattr(exception, "retry_after", None) or 0
        wait = max(random.uniform(0, ceiling), min(asked, LONGEST_WAIT_S))
        return RetryDecision(retry_in={"seconds": max(1, round(wait))})


def defer_learning(generation_id: UUID, anchor_id: UUID) -> None:
    """Have this turn learnt; part of the caller's transaction."""
    learn_turn.configure(
        lock=str(anchor_id), schedule_in={"seconds": int(settings.LEARN_GRACE_S)}
    ).defer(generation_id=str(generation_id))


def defer_renewal(anchor_id: UUID, lost: str) -> None:
    """Have a lost anchor made again and filled from the ledger."""
    renew_anchor.configure(
        lock=str(anchor_id), queueing_lock=f"renew {anchor_id}"
    ).defer(anchor_id=str(anchor_id), lost=lost)


@app.task(name="learn_turn", queue="learn", retry=OutageRetry())
async def learn_turn(generation_id: str) -> None:
    """Learn from one ended reply; safe to run again after any interruption."""
    pending = await _load(UUID(generation_id))
    if pending is None:
        return
    turn, answered, book, record, name, key = pending
    memory = wiring.memory_client()
    told = anchors.metadata(record.anchor.lane, turn.user_external_id, key)
    try:
        turn = replace(
            turn,
            anchor_id=await anchors.ensure(
                record.anchor_id, name=name, told=told, memory=memory
            ),
        )
        async for _ in learn(
            turn,
            answered,
            memory=memory,
            llm=wiring.chat_model(),
            book=book,
            ledger=SiteLedger(record.anchor_id, ()),
            repeatable=settings.EMBEDDED_MAAS,
        ):
            pass
    except MemoryNotFound as exc:
        await _waiting(record, exc)
        await _renewed(record.anchor, turn.anchor_id or "", name, told)
        raise
    except AnchorageError as exc:
        logger.warning("Turn %s waits to be learnt: %s", generation_id, exc)
        await _waiting(record, exc)
        raise
    except Exception:
        logger.exception("Turn %s can not be learnt", generation_id)
        await _broken(record)
        raise
    await _learnt(record)


@app.task(name="renew_anchor", queue="learn", retry=OutageRetry())
async def renew_anchor(anchor_id: str, lost: str) -> None:
    """Make an anchor again that the service lost, and store its atoms there."""
    anchor, name, told = await _anchor(UUID(anchor_id))
    await _renewed(anchor, lost, name, told)


async def _renewed(anchor: Anchor, lost: str, name: str, told: dict[str, str]) -> None:
    memory = wiring.memory_client()
    maas_id = await anchors.renew(anchor.pk, lost, name=name, told=told, memory=memory)
    await restore(anchor.pk, maas_id, told["user_external_id"], memory=memory)


def _load_now(
    generation_id: UUID,
) -> tuple[Turn, Answer, TurnBook, TurnRecord, str, str] | None:
    generation = (
        Generation.objects.select_related(
            "message__parent", "conversation__user", "conversation__character"
        )
        .filter(pk=generation_id)
        .first()
    )
    if generation is None or generation.message.parent is None:
        return None  # deleted meanwhile, with everything that could be learnt
    conversation = generation.conversation
    asked = generation.message.parent
    anchor = context.anchor_of(conversation.user, conversation)
    record, _ = TurnRecord.objects.select_related("anchor").get_or_create(
        generation=generation, defaults={"anchor": anchor}
    )
    earlier = context.path(conversation, before=asked.created_at)
    recollection, injected = records.recollected(record)
    reply = Reply(
        text=generation.message.text,
        ending=ENDINGS.get(generation.status, "interrupted"),
        citations=tuple(Citation(label, at) for label, at in generation.citations),
        finish=generation.finish,
    )
    lane = lane_of(conversation.lane)
    book = TurnBook(
        record, user_message=asked.pk, assistant_message=generation.message_id
    )
    assert asked.role == Role.USER
    return (
        context.turn_of(conversation.user, conversation, asked, earlier, anchor),
        Answer(recollection, injected, reply),
        book,
        record,
        lane.anchor_name(conversation.character),
        anchor.key,
    )


def _waiting_now(record: TurnRecord, error: AnchorageError) -> None:
    records.note_waiting(record, error)
    hub.poke(record.generation.conversation_id)


def _broken_now(record: TurnRecord) -> None:
    TurnStep.objects.update_or_create(
        record=record,
        name="learn",
        defaults={
            "status": StepStatus.FAILED,
            "detail": "Something went wrong on our side; the operator's log says what.",
        },
    )
    hub.poke(record.generation.conversation_id)


def _learnt_now(record: TurnRecord) -> None:
    records.done_learning(record)
    hub.poke(record.generation.conversation_id)


def _anchor_now(anchor_id: UUID) -> tuple[Anchor, str, dict[str, str]]:
    anchor = Anchor.objects.select_related("user").get(pk=anchor_id)
    external_id = lane_of(anchor.lane).external_id(anchor.user)
    name = "Learner" if anchor.lane == "tutor" else f"Pair with {anchor.key}"
    return anchor, name, anchors.metadata(anchor.lane, external_id, anchor.key)


_load = database_sync_to_async(_load_now, thread_sensitive=False)
_waiting = database_sync_to_async(_waiting_now, thread_sensitive=False)
_broken = database_sync_to_async(_broken_now, thread_sensitive=False)
_learnt = database_sync_to_async(_learnt_now, thread_sensitive=False)
_anchor = database_sync_to_async(_anchor_now, thread_sensitive=False)
