"""The job worker: runs the durable half of every turn.

Called by `manage.py worker`. The job library notices that a worker died, but leaves its
jobs as they are; the sweep beside the worker gives them back, within seconds.
"""

from __future__ import annotations

import asyncio
import logging

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from chatapp import wiring
from chatapp.memories import queue
from chatapp.operations import outages

logger = logging.getLogger(__name__)

CONCURRENCY = 8
QUEUES = (queue.LEARN, "default", "builtin")
"""All but the one in which jobs lie that were set aside."""
# A job that waits for another one's lock is woken by nobody: it is found by polling.
POLL_S = 0.25
HEARTBEAT_S = 1.0
STALLED_AFTER_S = 4.0
SWEEP_EVERY_S = 0.5
GRACE_S = 20.0


async def work() -> None:
    """Run jobs until SIGTERM or SIGINT; running jobs get `GRACE_S` to end."""
    assert isinstance(app.connector, DjangoConnector)
    # Django's connection belongs to a thread; a worker needs the asynchronous kind.
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            beside = [
                asyncio.create_task(sweep_stalled(worker_app)),
                asyncio.create_task(outages.watch_jobs()),
            ]
            try:
                await worker_app.run_worker_async(
                    queues=list(QUEUES),  # the library sends it as an array
                    concurrency=CONCURRENCY,
                    fetch_job_polling_interval=POLL_S,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_AFTER_S,
                    shutdown_graceful_timeout=GRACE_S,
                    delete_jobs="successful",
                )
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
                await wiring.close()


async def sweep_stalled(worker_app: App) -> None:
    """Give the jobs of dead workers back, for ever."""
    while True:
        try:
            stalled = await worker_app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=STALLED_AFTER_S
            )
            for job in stalled:
                logger.warning("Job %s lost its worker; it runs again", job.id)
                await worker_app.job_manager.retry_job(job)
        except Exception:
            # Whatever it was, most likely the database: jobs must not stop for ever.
            logger.exception("Could not look for lost jobs")
        await asyncio.sleep(SWEEP_EVERY_S)
