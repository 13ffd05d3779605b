"""Lets the app that brings a lane take in what was extracted there by rules of its own.

The tutor does: what a learner says becomes evidence of its learner model, which writes
the atoms. Whoever takes registers when Django starts; nothing here knows the tutor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from chatapp.memories.models import Anchor
from memory.extract import Candidate


@dataclass(frozen=True)
class Offer:
    """A candidate that passed every rule, the message of its quote, and its turn."""

    candidate: Candidate
    message_id: UUID
    record_id: int


Taker = Callable[[Offer], str | None]
"""What became of an offer: "" taken, None not wanted, else why it is not kept."""

_TAKERS: dict[str, Taker] = {}


def register(lane: str, taker: Taker) -> None:
    """Offer this lane's candidates to `taker`, in the transaction of the extraction."""
    _TAKERS[lane] = taker


def offered(anchor_id: UUID, offer: Offer) -> str | None:
    """Offer it to whoever takes for the anchor's lane."""
    lane = Anchor.objects.values_list("lane", flat=True).get(pk=anchor_id)
    taker = _TAKERS.get(lane)
    return taker(offer) if taker else None
