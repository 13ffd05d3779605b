"""The daily job that forgets guests; `manage.py remove_guests` does the same by hand."""

from __future__ import annotations

import logging

from channels.db import database_sync_to_async
from procrastinate.contrib.django import app

from chatapp.accounts.flood import forget_addresses
from chatapp.accounts.guests import remove_old_guests

logger = logging.getLogger(__name__)


@app.periodic(cron="17 3 * * *")
@app.task(name="remove_guests", queueing_lock="remove_guests")
async def remove_guests(timestamp: int) -> None:
    """Run once a night, `timestamp` in seconds; a night that was missed costs nothing."""
    removed = await database_sync_to_async(remove_old_guests, thread_sensitive=False)()
    await database_sync_to_async(forget_addresses, thread_sensitive=False)()
    logger.info("Removed %d guests at %d", removed, timestamp)
