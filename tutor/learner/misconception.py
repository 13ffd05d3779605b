"""One misconception: how likely it is still held, and where it stands in its life.

Bayes with P(shows | holds) = .8 and P(shows | does not) = .1, both pulled towards one
half by the weight of what was seen. Only an item that would have shown the error speaks
against it. What is resolved is not gone: it is checked again, and a relapse re-opens it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tutor.learner.evidence import SITTING, Kind, Piece
from tutor.learner.mastery import AIDED
from tutor.learner.rules import ACTIVE

PRIOR = 0.3
RESOLVED = 0.2
PROBES = 2
APART = timedelta(days=1)
STATED = 0.5
"""Weight of an error in the learner's words; the answer of an item that shows it has 1."""
ASSERTED = 0.1
MOST_BY_WORD = 0.02
"""What "I get it now" may move in a sitting."""
REOPENED = 0.5


class Standing(StrEnum):
    """Where a misconception stands; a relapsed one is taught against like an active."""

    WEAK = "weak"
    ACTIVE = "active"
    RESOLVED = "resolved"
    RELAPSED = "relapsed"


def likelihoods(weight: float) -> tuple[float, float]:
    """P(shows | holds) and P(shows | does not) for evidence of this weight."""
    return 0.5 + 0.3 * weight, 0.5 - 0.4 * weight


def seen(c: float, weight: float) -> float:
    """The belief after the error showed."""
    h, f = likelihoods(weight)
    return c * h / (c * h + (1 - c) * f)


def unseen(c: float, weight: float) -> float:
    """The belief after it did not show where it would have."""
    h, f = likelihoods(weight)
    return c * (1 - h) / (c * (1 - h) + (1 - c) * (1 - f))


@dataclass(frozen=True)
class Belief:
    """What is believed of one misconception.

    `sightings` are how often it showed, `probes` the times of unaided right answers to
    items that would have shown it, since it showed last. `stated`: the learner has put
    it in their own words; `was_active`: it was active at some time. `disputed_at` is
    when they said that it is not so.
    """

    c: float = PRIOR
    standing: Standing = Standing.WEAK
    sightings: int = 0
    probes: tuple[datetime, ...] = ()
    stated: bool = False
    was_active: bool = False
    resolved_at: datetime | None = None
    relapses: int = 0
    asserted_at: datetime | None = None
    disputed_at: datetime | None = None
    concept: str = ""
    pieces: tuple[int, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether it is taught against now."""
        return self.standing in {Standing.ACTIVE, Standing.RELAPSED}

    @property
    def is_claimed(self) -> bool:
        """Whether there is something to say: one wrong answer alone is only a signal."""
        return self.stated or self.was_active or self.standing is not Standing.WEAK

    def after(
        self, piece: Piece, slug: str, hints: int, border: float = ACTIVE
    ) -> Belief:
        """With one more piece of evidence that concerns this misconception.

        `border` is the belief from which it is active, if it showed twice.
        """
        match piece.kind:
            case Kind.STATED | Kind.CONFIRMED:
                return self._shown(piece, STATED, border, stated=True)
            case Kind.ASSERTED:
                return self._asserted(piece)
            case Kind.DISPUTED:
                return self._disputed(piece)
            case Kind.OPEN | Kind.CHOICE if piece.ok is False:
                return (
                    self._shown(piece, 1.0, border, stated=False)
                    if piece.misconception == slug
                    else self
                )
            case Kind.OPEN | Kind.CHOICE if piece.ok and slug in piece.exposes:
                return self._passed(piece, hints, border)
            case _:
                return self

    def _shown(
        self, piece: Piece, weight: float, border: float, *, stated: bool
    ) -> Belief:
        c = seen(self.c, weight)
        standing, relapses = self.standing, self.relapses
        if standing is Standing.RESOLVED:
            c, standing, relapses = (
                max(REOPENED, c),
                Standing.RELAPSED,
                relapses + 1,
            )
        return self.noted(
            piece,
            c=c,
            standing=standing,
            relapses=relapses,
            sightings=self.sightings + 1,
            probes=(),
            stated=self.stated or stated,
        )._placed(border)

    def _passed(self, piece: Piece, hints: int, border: float) -> Belief:
        weight = AIDED[min(hints, len(AIDED) - 1)]
        if not weight:
            return self
        probes = (*self.probes, piece.at) if hints == 0 else self.probes
        return self.noted(piece, c=unseen(self.c, weight), probes=probes)._over(border)

    def _asserted(self, piece: Piece) -> Belief:
        if self.asserted_at and piece.at - self.asserted_at < SITTING:
            return self
        c = max(unseen(self.c, ASSERTED), self.c - MOST_BY_WORD)
        # A word alone settles nothing.
        return self.noted(piece, c=c, asserted_at=piece.at)

    def _disputed(self, piece: Piece) -> Belief:
        # No evidence goes: the next sighting counts on top of the earlier ones.
        standing = Standing.WEAK if self.is_active else self.standing
        c = min(self.c, PRIOR)
        return self.noted(piece, c=c, standing=standing, disputed_at=piece.at)

    def noted(self, piece: Piece, **changes: object) -> Belief:
        """With this piece in its trail, and these changes."""
        return replace(
            self,
            concept=self.concept or piece.concept,
            pieces=(*self.pieces, piece.id),
            **changes,  # type: ignore[arg-type]  # the fields of this class
        )

    def _placed(self, border: float) -> Belief:
        """Weak or active, by the belief; one sighting is never enough for active.

        Nor is it while the latest unaided answer that could show the error did not.
        """
        if self.standing not in {Standing.WEAK, Standing.ACTIVE}:
            return self
        active = self.c >= border and self.sightings >= 2 and not self.probes
        standing = Standing.ACTIVE if active else Standing.WEAK
        return replace(self, standing=standing, was_active=self.was_active or active)

    def _over(self, border: float) -> Belief:
        """Resolved, if it was claimed, is unlikely now, and was probed a day apart."""
        probed = (
            len(self.probes) >= PROBES and self.probes[-1] - self.probes[0] >= APART
        )
        if self.standing is Standing.RESOLVED:
            return self
        if not (self.is_claimed and probed and self.c < RESOLVED):
            return self._placed(border)
        return replace(self, standing=Standing.RESOLVED, resolved_at=self.probes[-1])
