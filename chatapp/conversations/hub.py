"""Who watches which conversation in this process, and pokes from the others.

A poke says only "look again": the database is the truth. It travels through
PostgreSQL's NOTIFY, inside the transaction that made the change, so it arrives after
the commit or not at all. A lost listener pokes everybody when it is back. Stop takes
the same way to the process that writes the reply.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

import psycopg
from django.db import connection

from chatapp import direct
from chatapp.conversations.live import LiveReply
from chatapp.pipeline import tell

logger = logging.getLogger(__name__)
CHANNEL = "anchorage_conversation"
STOP_CHANNEL = "anchorage_stop"
LISTEN_AGAIN_S = 1.0
QUIET_S = 20.0
"""After so long without a poke the connection is tried: a dead one says nothing."""


class Watcher(Protocol):
    """An open page."""

    def started(self, live: LiveReply) -> None:
        """A reply began in this process."""

    def started_elsewhere(self, generation_id: UUID) -> None:
        """A reply began in another process."""

    def poked(self) -> None:
        """Something in the conversation changed."""


class Carrier(Protocol):
    """A way to the other processes."""

    def began(self, live: LiveReply) -> None:
        """A reply began in this process."""


_watchers: defaultdict[UUID, set[Watcher]] = defaultdict(set)
_carriers: set[Carrier] = set()


@contextmanager
def watching(conversation_id: UUID, watcher: Watcher) -> Iterator[None]:
    """Have `watcher` called for this conversation while the context lasts."""
    _watchers[conversation_id].add(watcher)
    try:
        yield
    finally:
        _watchers[conversation_id].discard(watcher)
        if not _watchers[conversation_id]:
            del _watchers[conversation_id]


@contextmanager
def carrying(carrier: Carrier) -> Iterator[None]:
    """Have `carrier` told of every reply that begins here while the context lasts."""
    _carriers.add(carrier)
    try:
        yield
    finally:
        _carriers.discard(carrier)


def announce(live: LiveReply) -> None:
    """Tell all watchers that a reply begins; call it on the event loop."""
    for watcher in tuple(_watchers.get(live.conversation_id, ())):
        watcher.started(live)
    for carrier in tuple(_carriers):
        carrier.began(live)


def announce_elsewhere(conversation_id: UUID, generation_id: UUID) -> None:
    """Tell this process's watchers that another one begins a reply."""
    for watcher in tuple(_watchers.get(conversation_id, ())):
        watcher.started_elsewhere(generation_id)


def poke(conversation_id: UUID) -> None:
    """Tell every process, when the current transaction commits, to look again."""
    tell("SELECT pg_notify(%s, %s)", [CHANNEL, str(conversation_id)])


def ask_to_stop(generation_id: UUID) -> None:
    """Tell the process that writes this reply, when the transaction commits, to stop."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [STOP_CHANNEL, str(generation_id)])


async def _stop_nothing(_: UUID) -> None:
    """For a process that writes no replies."""


async def listen(stop: Callable[[UUID], Awaitable[object]] = _stop_nothing) -> None:
    """Pass pokes on to this process's watchers until cancelled; reconnects.

    `stop` is called with the replies that somebody stops in another process.
    """
    while True:
        try:
            async with await direct.connect() as database:
                await database.execute(f"LISTEN {CHANNEL}")
                await database.execute(f"LISTEN {STOP_CHANNEL}")
                for conversation_id in tuple(_watchers):
                    _poke_here(conversation_id)
                while True:
                    async for notice in database.notifies(timeout=QUIET_S):
                        if notice.channel == STOP_CHANNEL:
                            await stop(UUID(notice.payload))
                        else:
                            _poke_here(UUID(notice.payload))
                    async with asyncio.timeout(QUIET_S):
                        await database.execute("SELECT 1")
        except (psycopg.Error, TimeoutError) as exc:
            logger.warning("Listening for pokes failed, trying again: %s", exc)
        except Exception:
            # Pages would stand still, and nobody would notice that nobody listens.
            logger.exception("Listening for pokes failed, trying again")
        await asyncio.sleep(LISTEN_AGAIN_S)


def _poke_here(conversation_id: UUID) -> None:
    for watcher in tuple(_watchers.get(conversation_id, ())):
        watcher.poked()
