"""Step 7 of a turn: keep at the service what was taken in, each atom once.

The documented API has no key for a repeat and no listing. An atom that may have been
stored by a run that was cut off is therefore looked for by its exact content first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from memory.extract import Candidate
from memory.recall import Ledger
from memory.wire import Recall, StoredAtoms


@dataclass(frozen=True)
class Entry:
    """An atom that was taken in and that the service has not confirmed yet.

    `supersedes` are the service's ids, in the same scope, of what it is true instead of.
    """

    client_ref: str
    candidate: Candidate
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Where atoms belong: an anchor, a person's pseudonym, a conversation."""

    anchor_id: str
    user_external_id: str
    conversation_id: str


class Keeper(Protocol):
    """The two calls of `MaasClient` that this step needs."""

    async def store_atom(
        self,
        anchor_id: str,
        content: str,
        *,
        source_type: str,
        metadata: Mapping[str, object],
    ) -> StoredAtoms:
        """Store one memory."""

    async def recall(self, anchor_id: str, query: str) -> Recall:
        """Return the anchor's atoms that match `query`, best first."""


async def store(entry: Entry, scope: Scope, *, memory: Keeper) -> str:
    """Store one atom; its id at the service. Raises MemoryAPIError."""
    candidate = entry.candidate
    # Only where there is something to say: plain atoms look as the documentation's do.
    more: dict[str, object] = {}
    if candidate.role:
        more |= {"realm": candidate.realm, "role": candidate.role}
    if entry.supersedes:
        more["supersedes"] = list(entry.supersedes)
    stored = await memory.store_atom(
        scope.anchor_id,
        candidate.content,
        source_type=candidate.source_type,
        metadata={
            "atom_type": candidate.atom_type,
            "user_external_id": scope.user_external_id,
            "session_id": scope.conversation_id,
            "confidence": candidate.confidence,
            "client_ref": entry.client_ref,
            **more,
        },
    )
    return stored.atom_ids[0]


async def find(
    entry: Entry, scope: Scope, *, memory: Keeper, ledger: Ledger | None
) -> str | None:
    """The id of exactly this content, if it is there and no other entry's.

    Raises MemoryAPIError.
    """
    content = entry.candidate.content
    found = await memory.recall(scope.anchor_id, content)
    same = [item.atom_id for item in found.items if item.content == content]
    others = await ledger.known(same) if ledger and same else {}
    return next((atom_id for atom_id in same if atom_id not in others), None)
