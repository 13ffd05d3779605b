"""Characters share what they know about a person, once that person has said so.

Off by default: no memory crosses to another character unasked. On, a reply also asks
the service for everything it knows of the person, and the ledger lets in what is plain,
live and about them: nothing delicate, no promise, no role or story, nothing a character
told of itself, never a lesson. What comes from elsewhere may be used, but is not fed
back: this pair's recall did not return it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Protocol
from uuid import UUID

from channels.db import database_sync_to_async
from django.db.models import QuerySet

from chatapp.accounts.models import User
from chatapp.memories.known_by import names
from chatapp.memories.ledger import SiteLedger, alive
from chatapp.memories.models import Anchor, Atom, AtomState, Sharing
from chatapp.pipeline import tell
from memory.errors import MemoryAPIError
from memory.recall import Known, shorten
from memory.wire import Recall

logger = logging.getLogger(__name__)
LANE = "character"
TYPES = ("preference", "relationship_event", "emotional_state", "boundary")
MOST = 3
"""Of what others know, in one reply: most of it is left to this pair's own memory."""
ASKED_FOR = 24
SHOWN = 5
LINK = """
    UPDATE memories_turnatom AS row SET atom_id = atom.id
    FROM memories_turnrecord AS record, memories_atom AS atom,
         memories_anchor AS here, memories_anchor AS there
    WHERE record.generation_id = %s AND row.record_id = record.id
      AND row.atom_id IS NULL AND row.carried AND atom.maas_id = row.maas_id
      AND here.id = record.anchor_id AND there.id = atom.anchor_id
      AND there.user_id = here.user_id
"""


class PersonRecaller(Protocol):
    """The one call of `MaasClient` that this needs."""

    async def recall_user(
        self,
        query: str,
        *,
        user_external_id: str | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Recall:
        """What is remembered about a person, over all anchors."""


@dataclass(frozen=True)
class Exposed:
    """What one character would learn from the others: how much, and the newest of it."""

    name: str
    count: int
    newest: Sequence[str]


class SharingLedger(SiteLedger):
    """The ledger of one pair that also carries in what other characters know.

    The question leaves when the ledger is made, on the loop that makes it.
    """

    def __init__(
        self,
        anchor: Anchor,
        carried: Sequence[Known],
        hidden: Sequence[UUID],
        *,
        query: str,
        external_id: str,
        deadline: float,
        memory: PersonRecaller,
    ) -> None:
        super().__init__(anchor.pk, carried, hidden)
        self._anchor = anchor
        asking = memory.recall_user(
            shorten(query),
            user_external_id=external_id,
            limit=ASKED_FOR,
            timeout=deadline,
        )
        self._asking = asyncio.ensure_future(asking)

    async def carried(self) -> Sequence[Known]:
        """This pair's own boundaries and pins, then what the others know."""
        own = await super().carried()
        try:
            found = await self._asking
        except MemoryAPIError as exc:
            logger.warning("Nothing is shared in this reply: %s", exc)
            return own
        ids = [item.atom_id for item in found.items]
        return (*own, *(await _let_in(self._anchor, ids)))

    async def close(self) -> None:
        """Let go of a question that nobody waits for any more."""
        self._asking.cancel()
        with suppress(asyncio.CancelledError, MemoryAPIError):
            await self._asking


def is_on(user: User) -> bool:
    """Whether this person's characters share."""
    return Sharing.objects.filter(user=user).exists()


def switch(user: User, *, on: bool) -> None:
    """Let them share, or no longer; again changes nothing."""
    if on:
        Sharing.objects.get_or_create(user=user)
    else:
        Sharing.objects.filter(user=user).delete()


def shareable(user: User) -> QuerySet[Atom]:
    """What one character may know of another's memories of this person."""
    atoms = Atom.objects.filter(
        anchor__user=user,
        anchor__lane=LANE,
        state=AtomState.SAVED,
        superseded_by=None,
        atom_type__in=TYPES,
        realm="life",
        role=None,
        sensitive="",
        speaker__in=["user", ""],
        about__in=["user", ""],
    )
    return alive(atoms)


def preview(user: User) -> list[Exposed]:
    """What would become visible to whom: each character, and what the others know."""
    keys = list(
        Anchor.objects.filter(user=user, lane=LANE)
        .order_by("key")
        .values_list("key", flat=True)
    )
    rows = list(
        shareable(user).order_by("-created_at").values_list("anchor__key", "content")
    )
    held = Counter(source for source, _ in rows)
    called = names([(LANE, key) for key in keys])
    return [
        Exposed(
            called[LANE, key],
            len(rows) - held[key],
            list(islice((said for source, said in rows if source != key), SHOWN)),
        )
        for key in keys
    ]


def link(generation_id: UUID) -> None:
    """Have the turn's record point at the shared atoms, so that forgetting finds it."""
    tell(LINK, [generation_id])


def _let_in_now(anchor: Anchor, ids: Sequence[str]) -> list[Known]:
    atoms = shareable(anchor.user).exclude(anchor=anchor).filter(maas_id__in=ids)
    place = {atom_id: number for number, atom_id in enumerate(ids)}
    best = sorted(atoms, key=lambda atom: place[atom.maas_id])[:MOST]
    return [
        Known(atom.maas_id, atom.content, atom.atom_type, atom.confidence)
        for atom in best
    ]


_let_in = database_sync_to_async(_let_in_now, thread_sensitive=False)
