"""What a replay left of one learner, in short: for pages on which many learners stand.

It holds for any later moment, and can be kept as plain values, without a word of the
learner's: those are read from the evidence by the number of the piece.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any

from tutor.learner.evidence import Piece
from tutor.learner.mastery import Beta, Mastery
from tutor.learner.misconception import Standing
from tutor.learner.replay import Replay
from tutor.learner.retention import Retention
from tutor.learner.state import (
    ConceptState,
    MisconceptionState,
    concept_state,
    last_shown,
    misconceptions,
    surest_first,
)

OPTIONAL = ("first", "last", "opened_at", "resolved_at", "disputed_at", "due_at")
"""Fields that hold a moment or None."""


@dataclass(frozen=True)
class Outline:
    """One learner's concepts, without words and evidence, and the misconceptions that
    are active, at one moment.
    """

    concepts: Mapping[str, ConceptState]
    active: tuple[MisconceptionState, ...]


@dataclass(frozen=True)
class Left:
    """What a replay left. `words` are the numbers of the pieces in which the active
    misconceptions showed last in words, by their slugs.
    """

    mastery: Mapping[str, Mastery]
    retention: Mapping[str, Retention]
    active: Sequence[MisconceptionState] = ()
    words: Mapping[str, int] = field(default_factory=dict)

    def at(self, now: datetime) -> Outline:
        """What it amounts to at `now`."""
        concepts = {
            slug: concept_state(slug, mastery, self.retention.get(slug), now)
            for slug, mastery in self.mastery.items()
        }
        return Outline(MappingProxyType(concepts), tuple(self.active))

    def with_words(self, quotes: Mapping[int, str]) -> Left:
        """With the words of these pieces, of which only the numbers were kept."""
        active = [
            replace(one, quote=quotes.get(self.words.get(one.slug, 0), ""))
            for one in self.active
        ]
        return replace(self, active=active)

    def as_json(self) -> dict[str, Any]:
        """As plain values, without the words."""
        return {
            "mastery": {slug: _plain(one) for slug, one in self.mastery.items()},
            "cards": {slug: one.as_json() for slug, one in self.retention.items()},
            "active": [_plain(replace(one, quote="")) for one in self.active],
            "words": dict(self.words),
        }


def left_by(replay: Replay, said: Mapping[int, Piece]) -> Left:
    """What this replay left; `said` are its pieces by their numbers."""
    held = [one for one in misconceptions(replay, said).values() if one.is_active]
    active = sorted(held, key=surest_first)
    shown = ((one.slug, last_shown(one.evidence, one.slug, said)) for one in active)
    return Left(
        dict(replay.mastery),
        dict(replay.retention),
        active,
        {slug: piece.id for slug, piece in shown if piece is not None},
    )


def left_from(told: Mapping[str, Any], zone: tzinfo) -> Left:
    """What `as_json` told."""
    return Left(
        {slug: _mastery(one) for slug, one in told["mastery"].items()},
        {slug: Retention.kept(card, zone) for slug, card in told["cards"].items()},
        [_active(one) for one in told["active"]],
        told["words"],
    )


def _plain(one: Mastery | MisconceptionState) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(one).items()
    }


def _mastery(told: Mapping[str, Any]) -> Mastery:
    return Mastery(**_timed(told) | {"beta": Beta(**told["beta"])})


def _active(told: Mapping[str, Any]) -> MisconceptionState:
    state, evidence = Standing(told["state"]), tuple(told["evidence"])
    return MisconceptionState(**_timed(told) | {"state": state, "evidence": evidence})


def _timed(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in OPTIONAL and value else value
        for name, value in told.items()
    }
