"""Closes the sockets of people who signed out, or may not be here any more.

A socket is let in once and then stays open, so nobody looks at its session again. This
does, every second, with two queries for all sockets of the process: a session that was
ended, a person who was disabled, a password that was changed in another place.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from chatapp.accounts.models import User

logger = logging.getLogger(__name__)
EVERY_S = 0.75
AT_ONCE = 1_000


@dataclass(frozen=True)
class Pass:
    """What a socket was let in with; `password` is the hash, which a change ends."""

    user_id: int
    password: str
    session_key: str


class Visitor(Protocol):
    """An open socket."""

    def turned_away(self) -> None:
        """Its pass is no longer good."""


_inside: dict[Visitor, Pass] = {}


@contextmanager
def admitted(visitor: Visitor, shown: Pass) -> Iterator[None]:
    """Have `visitor` turned away when its pass ends, while the context lasts."""
    _inside[visitor] = shown
    try:
        yield
    finally:
        del _inside[visitor]


async def watch() -> None:
    """Look at all passes again and again until cancelled; no fault ends it."""
    while True:
        try:
            await turn_away()
        except Exception:
            # Most likely the database; whoever is inside stays until it is back.
            logger.exception("Sockets could not be checked, trying again")
        await asyncio.sleep(EVERY_S)


async def turn_away() -> None:
    """Close the sockets whose pass has ended."""
    inside = dict(_inside)
    passes = list(set(inside.values()))
    good: set[Pass] = set()
    for begin in range(0, len(passes), AT_ONCE):
        good |= await _good(passes[begin : begin + AT_ONCE])
    for visitor, shown in inside.items():
        if shown not in good and _inside.get(visitor) == shown:
            visitor.turned_away()


def _good_now(passes: Sequence[Pass]) -> set[Pass]:
    people = _passwords(shown.user_id for shown in passes)
    sessions = set(
        Session.objects.filter(
            session_key__in={shown.session_key for shown in passes},
            expire_date__gt=timezone.now(),
        ).values_list("session_key", flat=True)
    )
    return {
        shown
        for shown in passes
        if people.get(shown.user_id) == shown.password and shown.session_key in sessions
    }


def _passwords(user_ids: Iterable[int]) -> dict[int, str]:
    people = User.objects.filter(pk__in=set(user_ids), is_active=True)
    return dict(people.values_list("pk", "password"))


_good = database_sync_to_async(_good_now, thread_sensitive=False)
