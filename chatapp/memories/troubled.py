"""Turns that were not learnt as they should be, and what an operator does about them.

Failed: a step ended with a refusal or a fault. Waiting: an outage, or an earlier turn
of the same anchor, holds the turn back. Parked: memory is paused for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from chatapp.memories import queue
from chatapp.memories.models import (
    Atom,
    AtomState,
    Learning,
    StepStatus,
    TurnRecord,
    TurnStep,
)
from chatapp.memories.pause import resume
from chatapp.memories.records import unfinished
from chatapp.pipeline import Asked

State = Literal["failed", "waiting", "parked"]
STEPS = ("learn", "evaluate", "feedback", "extract", "store")
SETTLES_S = 15.0
"""A turn that ended so lately is learnt as usual, most likely at this moment."""
BATCH = 500
DISCARDED = "Discarded by an operator."
BEHIND = "It waits for its turn."
JOBS = """
    SELECT args ->> 'generation_id', status, attempts, scheduled_at
    FROM procrastinate_jobs
    WHERE task_name = 'learn_turn' AND status IN ('todo', 'doing')
      AND args ->> 'generation_id' = ANY(%s)
"""


@dataclass(frozen=True)
class Trouble:
    """One turn on the operators' page; `next_try` is None when nobody is to try it."""

    state: State
    reason: str
    attempts: int = 0
    next_try: datetime | None = None


def troubled() -> QuerySet[Learning]:
    """Every turn that failed or has been waiting, newest first; discarded ones aside."""
    discarded = TurnStep.objects.filter(
        record=OuterRef("pk"), name="learn", status=StepStatus.DISCARDED
    )
    either = failed().values("record").union(waiting().values("pk"))
    found = Learning.objects.filter(~Exists(discarded), pk__in=either)
    return found.order_by("-created_at", "-pk")


def failed() -> QuerySet[TurnStep]:
    """The steps that failed."""
    steps = TurnStep.objects.filter(status=StepStatus.FAILED, name__in=STEPS)
    return steps.order_by()


def waiting() -> QuerySet[TurnRecord]:
    """The turns that should have been learnt by now."""
    long_ago = timezone.now() - timedelta(seconds=SETTLES_S)
    return unfinished().filter(generation__ended_at__lt=long_ago)


def troubles(records: Sequence[TurnRecord], told: str = "") -> dict[int, Trouble]:
    """Of these turns, by record, with their steps prefetched; `told` while paused."""
    ids = [str(record.generation_id) for record in records]
    jobs = {row[0]: row[1:] for row in Asked(JOBS, [ids]).all()} if ids else {}
    found = {}
    for record in records:
        steps = {step.name: step for step in record.steps.all()}
        broken = [
            steps[name].cause or steps[name].detail
            for name in STEPS
            if name in steps and steps[name].status == StepStatus.FAILED
        ]
        said = steps.get("learn")
        over = record.learnt_at or (said and said.status == StepStatus.FAILED)
        if over and broken:
            found[record.pk] = Trouble("failed", broken[0])
            continue
        job = jobs.get(str(record.generation_id), ("", 0, None))
        status, attempts, due = job
        why = (said.cause or said.detail) if said else BEHIND
        found[record.pk] = Trouble(
            "parked" if told else "waiting",
            told or why,
            attempts + (status == "doing"),
            None if told else due or timezone.now(),
        )
    return found


def retry(records: QuerySet[Learning], defer: Callable[[UUID, UUID], None]) -> int:
    """Try these turns again now, in their order; returns how many.

    What failed is done anew, what waits is due at once, and a pause is over: if the
    account is still blocked, the first answer says so again. `defer` makes a job.
    """
    resume()
    count = 0
    for batch in _batches(records):
        with transaction.atomic():
            ids = [record.pk for record in batch]
            _forget_failures(ids)
            TurnRecord.objects.filter(pk__in=ids).update(learnt_at=None)
            queue.drop([record.generation_id for record in batch])
            for record in batch:
                defer(record.generation_id, record.anchor_id)
        count += len(batch)
    return count


def discard(records: QuerySet[Learning]) -> int:
    """Let these turns go: nothing more is learnt from them, and their record says so."""
    count = 0
    for batch in _batches(records):
        ids = [record.pk for record in batch]
        with transaction.atomic():
            queue.drop([record.generation_id for record in batch])
            TurnStep.objects.bulk_create(
                [
                    TurnStep(
                        record_id=pk,
                        name="learn",
                        status=StepStatus.DISCARDED,
                        detail=DISCARDED,
                    )
                    for pk in ids
                ],
                update_conflicts=True,
                unique_fields=["record", "name"],
                update_fields=["status", "detail", "updated_at"],
            )
            Atom.objects.filter(
                brought_by__in=ids, state__in=[AtomState.PENDING, AtomState.FAILED]
            ).update(state=AtomState.FAILED, problem=DISCARDED)
        count += len(batch)
    return count


def _forget_failures(record_ids: Sequence[int]) -> None:
    steps = TurnStep.objects.filter(record__in=record_ids)
    # What is extracted anew has to be stored, though nothing was left to store before.
    again = steps.filter(name="extract", status=StepStatus.FAILED).values("record")
    steps.filter(
        name="store", record__in=list(again.values_list("record", flat=True))
    ).delete()
    steps.filter(status=StepStatus.FAILED, name__in=STEPS).delete()
    steps.filter(name="learn").delete()


def _batches(records: QuerySet[Learning]) -> Iterator[list[Learning]]:
    """Oldest first; the ids are read at the start, since the work changes what matches."""
    ids = list(records.order_by("created_at", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        few = Learning.objects.filter(pk__in=ids[start : start + BATCH])
        yield list(few.order_by(F("created_at"), "pk"))
