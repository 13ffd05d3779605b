"""A worker's sign of life that ends with its process: a lock on a connection of its own.

A heartbeat that is late may be a busy machine; a lock that is gone as well means that
the process, or its connection, has ended. So a killed worker is known after two missed
heartbeats, and one that is only slow keeps its jobs.
"""

from __future__ import annotations

import asyncio
import logging

import psycopg
from procrastinate import App
from procrastinate.worker import Worker

from chatapp import direct

logger = logging.getLogger(__name__)
LOCKS = 7_391_605
"""The first half of our advisory locks, of our choosing; the second is the worker."""
LOOK_S = 0.02
CHECK_EVERY_S = 5.0
AGAIN_S = 0.5
HELD = f"""
    SELECT objid::bigint AS worker FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {LOCKS} AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def show(worker: Worker, connected: asyncio.Event) -> None:
    """Hold the worker's lock until cancelled; a connection that breaks is made again.

    `connected` is set when nothing but the worker's number is missing.
    """
    while True:
        try:
            async with await direct.connect() as database:
                connected.set()
                while worker.worker_id is None:
                    await asyncio.sleep(LOOK_S)
                lock = [LOCKS, worker.worker_id]
                await database.execute("SELECT pg_advisory_lock_shared(%s, %s)", lock)
                while True:
                    await asyncio.sleep(CHECK_EVERY_S)
                    await database.execute("SELECT 1")
        except psycopg.Error as exc:
            logger.warning("This worker's sign of life broke, again: %s", exc)
        await asyncio.sleep(AGAIN_S)


async def shown(worker_app: App) -> frozenset[int]:
    """The ids of the workers that show themselves alive."""
    rows = await worker_app.connector.execute_query_all_async(query=HELD)
    return frozenset(row["worker"] for row in rows)
