"""Finds replies whose process died, and marks them interrupted with their text.

The heartbeat of a running reply is written every 150 ms; one that has been silent for
`DEAD_S` has nobody who writes it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from chatapp.conversations import context
from chatapp.conversations.models import RUNNING, Generation, Status
from chatapp.conversations.turns import Ended, finish

logger = logging.getLogger(__name__)
DEAD_S = 10.0
EVERY_S = 3.0
CUT_OFF = "This reply was cut off when its server stopped. What was written is kept."


async def watch() -> None:
    """Reap every few seconds until cancelled."""
    while True:
        try:
            await database_sync_to_async(reap, thread_sensitive=False)()
        except DatabaseError as exc:
            logger.warning("Looking for dead replies failed, trying again: %s", exc)
        await asyncio.sleep(EVERY_S)


def reap() -> int:
    """Mark the dead ones; returns how many there were."""
    silent = timezone.now() - timedelta(seconds=DEAD_S)
    dead = Generation.objects.filter(
        status__in=RUNNING, heartbeat_at__lt=silent
    ).select_related("conversation__user", "conversation__character")
    count = 0
    for generation in dead:
        pieces = generation.events.order_by("seq").values_list("text", flat=True)
        conversation = generation.conversation
        anchor = context.anchor_of(conversation.user, conversation)
        ended = Ended(Status.INTERRUPTED, "".join(pieces), problem=CUT_OFF)
        count += finish(generation, anchor.pk, ended)
    return count
