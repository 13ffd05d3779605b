"""The job worker: runs the durable half of every turn.

Called by `manage.py worker`. The job library notices that a worker died, but leaves its
jobs as they are; the sweep beside the worker gives them back, within seconds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from contextlib import suppress

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from chatapp import wiring
from chatapp.memories import queue
from chatapp.operations import alive, interpreter, outages

logger = logging.getLogger(__name__)

CONCURRENCY = 8
QUEUES = (queue.LEARN, "default", "builtin")
"""All but the one in which jobs lie that were set aside."""
# A job that waits for another one's lock is woken by nobody: it is found by polling.
POLL_S = 0.25
HEARTBEAT_S = 1.0
SILENT_AFTER_S = 2.0
"""A worker that has not shown itself for so long, and is gone, has lost its jobs ..."""
STALLED_AFTER_S = 15.0
"""... and so has one that is there and hangs; on a busy machine it may only be late."""
SHOWN_WITHIN_S = 5.0
SWEEP_EVERY_S = 0.5
GRACE_S = 20.0
CLOSING_S = 10.0  # what then still hangs is ended by force


async def work() -> None:
    """Run jobs until SIGTERM or SIGINT; running jobs get `GRACE_S` to end."""
    assert isinstance(app.connector, DjangoConnector)
    interpreter.serve()
    closing = threading.Timer(CLOSING_S, _give_up)
    closing.daemon = True
    # Django's connection belongs to a thread; a worker needs the asynchronous kind.
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        try:
            async with worker_app.open_async():
                await _work(worker_app, closing)
        finally:
            closing.cancel()


async def _work(worker_app: App, closing: threading.Timer) -> None:
    """Run jobs and what runs beside them; `closing` starts when they have ended."""
    worker_app.perform_import_paths()  # type: ignore[no-untyped-call]  # the library's
    worker = Worker(
        worker_app,
        queues=list(QUEUES),  # the library sends it as an array
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=POLL_S,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_AFTER_S,
        shutdown_graceful_timeout=GRACE_S,
        delete_jobs="successful",
    )
    connected = asyncio.Event()
    beside = [
        asyncio.create_task(alive.show(worker, connected)),
        asyncio.create_task(sweep_stalled(worker_app, worker)),
        asyncio.create_task(outages.watch_jobs()),
        asyncio.create_task(wiring.load_model()),
    ]
    try:
        with suppress(TimeoutError):  # it has to show itself before it takes a job
            await asyncio.wait_for(connected.wait(), SHOWN_WITHIN_S)
        await worker.run()  # type: ignore[no-untyped-call]  # the library's
    finally:
        closing.start()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await wiring.close()


def _give_up() -> None:
    """End this process: one that hangs would be taken for a worker, and never is one.

    The job library stops its worker when the database goes away, and closing its pool
    then waits, now and then, for a connection that never comes (seen after kill -9 of
    PostgreSQL). Whoever keeps the worker running starts it again.
    """
    logger.error("The worker has stopped but does not end; ending it by force")
    os._exit(1)


async def sweep_stalled(worker_app: App, own: Worker | None = None) -> None:
    """Give the jobs of dead workers back, for ever.

    Whoever sweeps is alive: `own` jobs are not lost, however late its heartbeat is.
    """
    while True:
        try:
            mine = None if own is None else own.worker_id
            for job in await _lost_jobs(worker_app):
                if mine is not None and job.worker_id == mine:
                    continue
                logger.warning("Job %s lost its worker; it runs again", job.id)
                await worker_app.job_manager.retry_job(job)
        except Exception:
            # Whatever it was, most likely the database: jobs must not stop for ever.
            logger.exception("Could not look for lost jobs")
        await asyncio.sleep(SWEEP_EVERY_S)


async def _lost_jobs(worker_app: App) -> list[Job]:
    """Jobs of workers that are silent and gone, or silent for too long in any case."""
    manager = worker_app.job_manager
    silent = await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_AFTER_S)
    if not silent:
        return []
    there = await alive.shown(worker_app)
    lost = {job.id: job for job in silent if job.worker_id not in there}
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
    return [*(lost | {job.id: job for job in stalled}).values()]
