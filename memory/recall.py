"""Step 1 of a turn: what the memory service returns for this anchor, made safe.

The service answers ids, contents and scores. The caller's ledger says which of those
atoms may be used: forgotten and withdrawn ones are dropped, ids it has never seen are
foreign. Recall never raises for a service that is away: the turn goes on without
memory and says so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from memory.errors import (
    MemoryAPIError,
    MemoryAway,
    MemoryRateLimited,
    MemoryUnavailable,
)
from memory.wire import Recall, RecalledItem

State = Literal["live", "withdrawn", "forgotten", "apart"]
"""`apart`: live, and of another role than the person plays now."""
Fate = Literal["", "withdrawn", "forgotten", "apart", "foreign", "cut"]
OVERFETCH = 2
"""Ask for this many times the wanted atoms: some of them will be dropped."""
QUERY_CHARS = 2_000
"""A longer message is searched by its beginning and its end."""


@dataclass(frozen=True)
class Known:
    """What the ledger knows of one atom."""

    atom_id: str
    content: str
    atom_type: str = ""
    confidence: float | None = None
    state: State = "live"
    pinned: bool = False


class Ledger(Protocol):
    """The site's own book of atoms; see `Trusting` for a caller that keeps none."""

    async def known(self, atom_ids: Sequence[str]) -> Mapping[str, Known]:
        """What the ledger knows of these ids; unknown ids are left out."""

    async def carried(self) -> Sequence[Known]:
        """Atoms that go into the prompt whatever was asked: boundaries, then pins."""


class Trusting:
    """A ledger for callers that keep none: whatever is recalled may be used."""

    async def known(self, atom_ids: Sequence[str]) -> Mapping[str, Known]:
        """Every id is known and live; type and confidence are not known."""
        return {atom_id: Known(atom_id, "") for atom_id in atom_ids}

    async def carried(self) -> Sequence[Known]:
        """Nothing is carried in."""
        return ()


class Recaller(Protocol):
    """The one call of `MaasClient` that this step needs."""

    async def recall(
        self, anchor_id: str, query: str, *, limit: int, timeout: float | None = None
    ) -> Recall:
        """Return the anchor's atoms that match `query`, best first."""


@dataclass(frozen=True)
class Remembered:
    """One atom as this turn knows it.

    `recalled` says that this recall returned it, so that it may be fed back; a
    carried atom that the recall did not return may be used, never fed back.
    `score` is the service's, 0..1; None for carried atoms. `rank` counts from 1.
    """

    atom_id: str
    content: str
    atom_type: str = ""
    confidence: float | None = None
    score: float | None = None
    rank: int = 0
    recalled: bool = False
    carried: bool = False
    fate: Fate = ""

    @property
    def usable(self) -> bool:
        """Whether it may go into the prompt."""
        return not self.fate


@dataclass(frozen=True)
class Recollection:
    """What one recall brought: usable and dropped atoms, or why there are none."""

    atoms: tuple[Remembered, ...] = ()
    session_id: str | None = None
    seconds: float = 0.0
    failure: MemoryAPIError | None = None

    @property
    def usable(self) -> tuple[Remembered, ...]:
        """The atoms that may go into the prompt, carried ones first."""
        return tuple(atom for atom in self.atoms if atom.usable)


async def recall(
    anchor_id: str | None,
    query: str,
    *,
    memory: Recaller,
    ledger: Ledger,
    limit: int = 8,
    deadline: float = 0.4,
    admit_foreign: bool = False,
) -> Recollection:
    """Recall for one anchor within `deadline` seconds; never raises MemoryAPIError.

    An anchor that does not exist yet (`anchor_id` None) has nothing to recall, but
    the ledger's carried atoms still come along. `admit_foreign` lets atoms in that
    the ledger does not know, for example ones that another program stored.
    """
    began = time.perf_counter()
    answer: Recall | None = None
    failure: MemoryAPIError | None = None
    if anchor_id is not None:
        try:
            answer = await memory.recall(
                anchor_id, shorten(query), limit=limit * OVERFETCH, timeout=deadline
            )
        except MemoryAPIError as exc:
            failure = exc
    seconds = time.perf_counter() - began
    items = answer.items if answer else ()
    carried = await ledger.carried()
    known = await ledger.known([item.atom_id for item in items]) if items else {}
    atoms = merge(items, known, carried, admit_foreign=admit_foreign)
    return Recollection(
        atoms=atoms,
        session_id=answer.session_id if answer else None,
        seconds=seconds,
        failure=failure,
    )


def shorten(query: str) -> str:
    """The message as a query: all of it, or its beginning and end when it is long."""
    if len(query) <= QUERY_CHARS:
        return query
    half = QUERY_CHARS // 2
    return f"{query[:half]}\n{query[-half:]}"


def merge(
    items: Sequence[RecalledItem],
    known: Mapping[str, Known],
    carried: Sequence[Known],
    *,
    admit_foreign: bool,
) -> tuple[Remembered, ...]:
    """Carried atoms first, then the recalled ones in the service's order, each once."""
    known = {entry.atom_id: entry for entry in carried} | dict(known)
    recalled: dict[str, Remembered] = {}
    for rank, item in enumerate(items, start=1):
        if item.atom_id in recalled:
            continue
        entry = known.get(item.atom_id)
        fate: Fate = "" if admit_foreign else "foreign"
        if entry is not None:
            fate = "" if entry.state == "live" else entry.state
        recalled[item.atom_id] = Remembered(
            atom_id=item.atom_id,
            content=item.content,
            atom_type=entry.atom_type if entry else "",
            confidence=entry.confidence if entry else None,
            score=item.score,
            rank=rank,
            recalled=True,
            fate=fate,
        )
    first = {
        entry.atom_id: replace(recalled.pop(entry.atom_id), carried=True)
        if entry.atom_id in recalled
        else Remembered(
            atom_id=entry.atom_id,
            content=entry.content,
            atom_type=entry.atom_type,
            confidence=entry.confidence,
            carried=True,
        )
        for entry in {entry.atom_id: entry for entry in carried}.values()
    }
    return (*first.values(), *recalled.values())


def reason(failure: MemoryAPIError) -> str:
    """Why there was no memory this turn, in a few words for the person."""
    if isinstance(failure, MemoryRateLimited):
        return "the memory service is busy"
    if isinstance(failure, MemoryAway):
        return "the memory service is away"
    if isinstance(failure, MemoryUnavailable):
        return "the memory service did not answer in time"
    return failure.user_message
