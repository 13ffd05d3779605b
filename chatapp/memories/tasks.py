"""The hourly job that removes what the inspector has kept for long enough."""

from __future__ import annotations

import logging

from channels.db import database_sync_to_async
from procrastinate.contrib.django import app

from chatapp.memories.calls import sweep

logger = logging.getLogger(__name__)


@app.periodic(cron="41 * * * *")
@app.task(name="sweep_calls", queueing_lock="sweep_calls")
async def sweep_calls(timestamp: int) -> None:
    """Run once an hour, `timestamp` in seconds; one that was missed costs nothing."""
    removed = await database_sync_to_async(sweep, thread_sensitive=False)()
    if removed:
        logger.info("Removed %d calls of old turns at %d", removed, timestamp)
