"""The job library's rows of what waits to be learnt, moved as our own rows say.

The library offers no way to make a waiting job due within a transaction, nor to set
many aside. Jobs of an anchor share its id as their lock: the library then runs them in
the order in which they were deferred, whichever queue they are in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection

from chatapp.pipeline import Asked, tell

LEARN = "learn"
PARKED = "parked"
"""The queue that no worker reads."""
MANY = 500

# A job without a time is due. No notice is sent: the worker finds it with its next look,
# a quarter of a second later at most, and leaves the reply that begins now in peace.
END_GRACE = """
    UPDATE procrastinate_jobs AS job SET scheduled_at = NULL
    FROM conversations_generation AS generation
    WHERE job.lock = %(lock)s AND job.status = 'todo' AND job.queue_name = 'learn'
      AND job.attempts = 0 AND job.scheduled_at > now()
      AND generation.conversation_id = %(conversation)s
      AND job.args ->> 'generation_id' = generation.id::text
"""
WAKE = """
    UPDATE procrastinate_jobs SET scheduled_at = NULL
    WHERE status = 'todo' AND queue_name = 'learn' AND attempts > 0
      AND scheduled_at > now()
"""
# Due times are this process's clock plus a wait; the worker compares them with the
# database's. Beyond the longest wait there is, one of the clocks has jumped.
TOO_LATE = """
    UPDATE procrastinate_jobs SET scheduled_at = NULL
    WHERE status = 'todo' AND queue_name = 'learn' AND scheduled_at > now()
        + make_interval(secs => CASE attempts WHEN 0 THEN %(first)s ELSE %(again)s END)
"""
# What is in its grace period runs when that is over, and is set aside then.
PARK = """
    UPDATE procrastinate_jobs SET queue_name = 'parked', scheduled_at = NULL
    WHERE status = 'todo' AND queue_name = 'learn'
      AND NOT (attempts = 0 AND coalesce(scheduled_at > now(), false))
"""
RELEASE = """
    UPDATE procrastinate_jobs SET queue_name = 'learn', scheduled_at = NULL
    WHERE queue_name = 'parked' AND status = 'todo'
      AND NOT EXISTS (SELECT 1 FROM memories_pause)
"""
DROP = """
    DELETE FROM procrastinate_jobs
    WHERE task_name = 'learn_turn' AND status IN ('todo', 'failed')
      AND args ->> 'generation_id' = ANY(%(generations)s)
"""
WITHOUT_JOB = """
    SELECT record.generation_id, record.anchor_id FROM memories_turnrecord AS record
    JOIN conversations_generation AS generation ON generation.id = record.generation_id
    WHERE record.learnt_at IS NULL AND generation.ended_at < %(before)s
      AND NOT EXISTS (
          SELECT 1 FROM memories_turnstep AS step WHERE step.record_id = record.id
            AND step.name = 'learn' AND step.status IN ('failed', 'off', 'discarded'))
      AND EXISTS (
          SELECT 1 FROM conversations_pathentry AS entry
          WHERE entry.message_id = generation.message_id)
      AND NOT EXISTS (
          SELECT 1 FROM procrastinate_jobs AS job
          WHERE job.task_name = 'learn_turn' AND job.status IN ('todo', 'doing')
            AND job.args ->> 'generation_id' = record.generation_id::text)
    ORDER BY record.created_at LIMIT %(limit)s
"""
NOTIFY = """
    SELECT pg_notify('procrastinate_queue_v1#learn',
                     '{"type": "job_inserted", "job_id": 0}')
"""


def end_grace(conversation_id: UUID, anchor_id: UUID) -> None:
    """Have this conversation's last reply learnt now; part of the caller's transaction.

    Order is kept: what the same anchor has to learn before goes first.
    """
    tell(END_GRACE, {"conversation": conversation_id, "lock": str(anchor_id)})


def wake() -> int:
    """Make every job due that waits for its next try; returns how many."""
    return _move(WAKE)


def unjump(first_s: float, again_s: float) -> int:
    """Make due what a clock that jumped has put off; returns how many.

    No job waits longer than that, before its first try and before another.
    """
    return _move(TOO_LATE, {"first": first_s, "again": again_s})


def park() -> int:
    """Set aside every job that would run: no worker looks at it; returns how many."""
    return _move(PARK)


def release() -> int:
    """Bring back what was set aside, unless memory is paused; returns how many."""
    return _move(RELEASE)


def drop(generation_ids: Collection[UUID]) -> None:
    """Remove the jobs of these turns, but for those that run at this moment."""
    tell(DROP, {"generations": [str(pk) for pk in generation_ids]})


def without_job(ended_before: datetime, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Generation and anchor of shown turns that nobody is going to learn from."""
    return Asked(WITHOUT_JOB, {"before": ended_before, "limit": limit}).all()


def _move(statement: str, values: Mapping[str, float] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        moved = int(cursor.rowcount)
        if moved:
            cursor.execute(NOTIFY)
        if moved > MANY:
            # Or the planner goes on as if none of them were due.
            cursor.execute("ANALYZE procrastinate_jobs")
    return moved
