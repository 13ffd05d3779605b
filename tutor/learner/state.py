"""What is believed of a learner in a course at one moment, ready for pages and prompts.

Plain frozen values, each with the ids of the evidence behind it. Everything is made
from the rows by one replay, so pages, prompts and atoms can not disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from tutor.learner.approach import Approach
from tutor.learner.evidence import Piece
from tutor.learner.goal import Goal
from tutor.learner.mastery import LIKELY, Mastery
from tutor.learner.misconception import Belief, Standing
from tutor.learner.replay import Replay, replayed
from tutor.learner.retention import Retention
from tutor.learner.rules import DEFAULT, Rules
from tutor.learner.struggle import Struggle

ConceptStanding = Literal["new", "learning", "likely", "mastered", "refresh"]
FRESH = 0.9
"""Recall below this is due for a refresh."""
HEDGE = 0.6
LEAST_SEEN = 2


@dataclass(frozen=True)
class ConceptState:
    """One concept. `knowledge` is mean x retrievability; `claim` the same, capped.

    `cautious` is mean - sd, which the gate compares; `confidence` is how sure the
    estimate is, not how good. `unaided` counts unaided graded answers. `mastered_at`
    is when the gate opened first, also when it has closed since.
    """

    concept: str
    mean: float
    sd: float
    cautious: float
    confidence: float
    retrievability: float
    knowledge: float
    claim: float
    n: int
    unaided: int
    mastered: bool
    mastered_at: datetime | None
    due_at: datetime | None
    standing: ConceptStanding
    quote: str = ""
    evidence: tuple[int, ...] = ()

    @property
    def hedged(self) -> bool:
        """Whether it may only be spoken of as a guess."""
        return self.claim < HEDGE or self.n < LEAST_SEEN


@dataclass(frozen=True)
class MisconceptionState:
    """One misconception: P(still held), its standing, and what shows it.

    `is_claimed` is False while one wrong answer alone speaks for it. `due_at` is when
    it is to be probed again. `quote` are the learner's latest words that showed it.
    """

    slug: str
    concept: str
    c: float
    state: Standing
    is_claimed: bool
    sightings: int
    relapses: int
    stated: bool
    was_active: bool
    resolved_at: datetime | None
    disputed_at: datetime | None
    due_at: datetime | None
    quote: str = ""
    evidence: tuple[int, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it is taught against now."""
        return self.state in {Standing.ACTIVE, Standing.RELAPSED}

    @property
    def hedged(self) -> bool:
        """Whether it may only be spoken of as a guess."""
        return self.c < HEDGE or self.sightings < LEAST_SEEN


@dataclass(frozen=True)
class FollowUpState:
    """What is to be taken up again, and when. `item` or `misconception` may say how."""

    id: str
    text: str
    due_at: datetime
    concept: str = ""
    misconception: str = ""
    item: str = ""
    quote: str = ""
    raised_at: datetime | None = None


@dataclass(frozen=True)
class LearnerState:
    """Everything that is believed of a learner in one course at `now`."""

    now: datetime
    concepts: Mapping[str, ConceptState]
    misconceptions: Mapping[str, MisconceptionState]
    struggles: Mapping[str, Struggle]
    approaches: tuple[Approach, ...]
    goals: tuple[Goal, ...]
    follow_ups: tuple[FollowUpState, ...] = ()

    def concept(self, slug: str) -> ConceptState:
        """This concept, also when nothing was seen of it yet."""
        return self.concepts.get(slug) or concept_state(slug, Mastery(), None, self.now)

    def active(self, concept: str | None = None) -> list[MisconceptionState]:
        """What is taught against now, the surest first; of one concept or of all."""
        return self._of(concept, lambda m: m.is_active)

    def weak(self, concept: str | None = None) -> list[MisconceptionState]:
        """What the learner has said once, and nothing more."""
        return self._of(concept, lambda m: m.is_claimed and m.state is Standing.WEAK)

    def previously(self, concept: str | None = None) -> list[MisconceptionState]:
        """What was held and is resolved: to be watched, not to be taught again."""
        return self._of(concept, lambda m: m.state is Standing.RESOLVED)

    def due(self) -> list[ConceptState]:
        """Concepts whose review is due, the longest overdue first."""
        late = [c for c in self.concepts.values() if c.due_at and c.due_at <= self.now]
        return sorted(late, key=lambda one: (one.due_at or self.now, one.concept))

    def avoided(self, concept: str) -> frozenset[str]:
        """Approaches that have not helped with this concept."""
        return frozenset(
            a.name for a in self.approaches if a.concept == concept and a.avoid
        )

    def _of(
        self, concept: str | None, fits: Callable[[MisconceptionState], bool]
    ) -> list[MisconceptionState]:
        found = [
            m
            for m in self.misconceptions.values()
            if fits(m) and concept in {None, m.concept}
        ]
        return sorted(found, key=surest_first)


def surest_first(one: MisconceptionState) -> tuple[float, str]:
    """The order in which misconceptions are listed."""
    return -one.c, one.slug


def state_of(
    pieces: Iterable[Piece],
    now: datetime,
    *,
    rules: Rules = DEFAULT,
    ignored: Mapping[str, datetime] = MappingProxyType({}),
    follow_ups: Iterable[FollowUpState] = (),
) -> LearnerState:
    """What these pieces of evidence amount to at `now`."""
    listed = list(pieces)
    replay = replayed(listed, rules=rules, ignored=ignored)
    said = {piece.id: piece for piece in listed}
    return state_after(replay, said, now, follow_ups=follow_ups)


def state_after(
    replay: Replay,
    said: Mapping[int, Piece],
    now: datetime,
    *,
    follow_ups: Iterable[FollowUpState] = (),
) -> LearnerState:
    """What a replay amounts to at `now`; `said` are its pieces by their ids."""
    return LearnerState(
        now=now,
        concepts=MappingProxyType(
            {
                slug: concept_state(
                    slug,
                    mastery,
                    replay.retention.get(slug),
                    now,
                    quote=replay.quotes.get(slug, ""),
                    evidence=tuple(replay.pieces.get(slug, ())),
                )
                for slug, mastery in replay.mastery.items()
            }
        ),
        misconceptions=MappingProxyType(misconceptions(replay, said)),
        struggles=MappingProxyType(
            {slug: s for slug, s in replay.struggles.items() if s.is_live(now)}
        ),
        approaches=tuple(replay.approaches[key] for key in sorted(replay.approaches)),
        goals=replay.goals,
        follow_ups=tuple(sorted(follow_ups, key=lambda f: (f.due_at, f.id))),
    )


def concept_state(
    slug: str,
    mastery: Mastery,
    retention: Retention | None,
    now: datetime,
    *,
    quote: str = "",
    evidence: tuple[int, ...] = (),
) -> ConceptState:
    """One concept at `now`."""
    beta = mastery.beta
    recalled = retention.retrievability(now) if retention else 1.0
    return ConceptState(
        concept=slug,
        mean=beta.mean,
        sd=beta.sd,
        cautious=beta.cautious,
        confidence=beta.confidence,
        retrievability=recalled,
        knowledge=beta.mean * recalled,
        claim=mastery.claim(recalled),
        n=mastery.n,
        unaided=mastery.unaided,
        mastered=mastery.is_open,
        mastered_at=mastery.opened_at,
        due_at=retention.due_at if retention else None,
        standing=_standing(mastery, recalled),
        quote=quote,
        evidence=evidence,
    )


def _standing(mastery: Mastery, recalled: float) -> ConceptStanding:
    """The one word for a page; what was mastered is never called lost."""
    if not mastery.n:
        return "new"
    if mastery.opened_at is not None:
        return "mastered" if mastery.is_open and recalled >= FRESH else "refresh"
    enough = mastery.unaided >= LEAST_SEEN + 1 and mastery.beta.cautious >= LIKELY
    return "likely" if enough else "learning"


def misconceptions(
    replay: Replay, said: Mapping[int, Piece]
) -> dict[str, MisconceptionState]:
    """All of which something is believed, whatever the moment is."""
    return {
        slug: _misconception(slug, belief, replay.probes.get(slug), said)
        for slug, belief in replay.beliefs.items()
    }


def last_shown(
    numbers: Iterable[int], slug: str, said: Mapping[int, Piece]
) -> Piece | None:
    """The latest of these pieces in which the error showed in the learner's words."""
    shown = [
        said[number]
        for number in numbers
        if said[number].shows(slug) and said[number].quote
    ]
    return shown[-1] if shown else None


def _misconception(
    slug: str,
    belief: Belief,
    probe: Retention | None,
    said: Mapping[int, Piece],
) -> MisconceptionState:
    shown = last_shown(belief.pieces, slug, said)
    return MisconceptionState(
        slug=slug,
        concept=belief.concept,
        c=belief.c,
        state=belief.standing,
        is_claimed=belief.is_claimed,
        sightings=belief.sightings,
        relapses=belief.relapses,
        stated=belief.stated,
        was_active=belief.was_active,
        resolved_at=belief.resolved_at,
        disputed_at=belief.disputed_at,
        due_at=probe.due_at if probe else None,
        quote=shown.quote if shown else "",
        evidence=belief.pieces,
    )
