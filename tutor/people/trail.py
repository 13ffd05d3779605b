"""The trail of one number: each piece of evidence behind it, and what it moved.

One replay with a look before and after each piece, by the same code that makes the
number: the last line of a trail is the number on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutor.learner.evidence import Kind, Piece
from tutor.learner.misconception import PRIOR
from tutor.learner.replay import Replay
from tutor.people.progress import Seen
from tutor.people.wording import percent


@dataclass(frozen=True)
class Step:
    """One piece of evidence: what was seen, and the number before and after it.

    `sd` is that of the number after it, where it has one. `counted` is False for a
    repeat that moved nothing.
    """

    id: int
    at: datetime
    what: str
    quote: str
    item: str
    before: float
    after: float
    sd: float | None
    counted: bool

    @property
    def before_percent(self) -> int:
        """The number before it, in percent."""
        return percent(self.before)

    @property
    def after_percent(self) -> int:
        """The number after it, in percent."""
        return percent(self.after)


ABOUT_IT = {Kind.OPEN, Kind.CHOICE, Kind.JUDGED, Kind.INFERRED, Kind.REVEALED}
"""What a concept's trail names even if it moved nothing."""
Number = tuple[float, float | None]
Reading = Callable[[Replay], Number]


def trail(pieces: Iterable[Piece], kind: str, key: str, replay: Replay) -> list[Step]:
    """The steps of a claim, oldest first; empty for what nothing is known about.

    `replay` is fresh. Raises KeyError for a kind of claim that there is not.
    """
    read, concerns = _READINGS[kind](key), _CONCERNS[kind](key)
    steps = []
    for piece in pieces:
        number, _sd = read(replay)
        counted = replay.take(piece)
        after, sd = read(replay)
        if counted and after != number or concerns(piece):
            steps.append(
                Step(
                    id=piece.id,
                    at=piece.at,
                    what=told(piece),
                    quote=piece.quote,
                    item=piece.item,
                    before=number,
                    after=after,
                    sd=sd,
                    counted=counted,
                )
            )
    return steps


def history(
    pieces: Iterable[Piece], titles: Mapping[str, str], replay: Replay
) -> list[Seen]:
    """When each concept was seen first and when it was reached, oldest first."""
    found = []
    for piece in pieces:
        known = replay.mastery.get(piece.concept)
        if not replay.take(piece):
            continue
        mastery = replay.mastery.get(piece.concept)
        if mastery is None or mastery == known or piece.concept not in titles:
            continue
        opened = mastery.opened_at and not (known and known.opened_at)
        found.append(
            Seen(
                at=piece.at,
                first=not (known and known.n) and mastery.n > 0,
                reached=titles[piece.concept] if opened else "",
            )
        )
    return found


def told(piece: Piece) -> str:
    """What was seen, in words."""
    match piece.kind:
        case Kind.OPEN | Kind.CHOICE if piece.ok:
            return _with_hints(_("Right"), piece.hints)
        case Kind.OPEN | Kind.CHOICE:
            return _with_hints(_("Not right"), piece.hints)
        case Kind.JUDGED:
            return _("An explanation, judged against a rubric")
        case Kind.INFERRED:
            return _("Concluded from what you wrote")
        case Kind.STATED:
            return _("You put it in these words")
        case Kind.ASSERTED:
            return _("You said that you see it now")
        case Kind.REVEALED:
            return _("The answer was shown")
        case Kind.STUCK:
            return _("You said that you were stuck")
        case Kind.APPROACH:
            return _("A way of explaining was tried")
        case Kind.GOAL:
            return _("You named a goal")
        case Kind.DISPUTED:
            return _("You said that it is not so")
        case Kind.CONFIRMED:
            return _("You confirmed it")


def _with_hints(verdict: str, hints: int) -> str:
    if not hints:
        return _("%(verdict)s, without help") % {"verdict": verdict}
    return ngettext(
        "%(verdict)s, after %(n)s hint", "%(verdict)s, after %(n)s hints", hints
    ) % {"verdict": verdict, "n": hints}


def _mean_of(slug: str) -> Reading:
    def read(replay: Replay) -> Number:
        found = replay.mastery.get(slug)
        return (found.beta.mean, found.beta.sd) if found else (0.5, None)

    return read


def _c_of(slug: str) -> Reading:
    def read(replay: Replay) -> Number:
        found = replay.beliefs.get(slug)
        return (found.c if found else PRIOR, None)

    return read


def _stuck_on(slug: str) -> Reading:
    def read(replay: Replay) -> Number:
        found = replay.struggles.get(slug)
        return (found.c if found else 0.0, None)

    return read


def _helped_by(key: str) -> Reading:
    concept, _slash, name = key.partition("/")

    def read(replay: Replay) -> Number:
        found = replay.approaches.get((concept, name))
        return (found.mean, found.sd) if found else (0.5, None)

    return read


def _goal_of(key: str) -> Reading:
    def read(replay: Replay) -> Number:
        found = next((g for g in replay.goals if key in map(str, g.pieces)), None)
        return (found.confidence if found else 0.0, None)

    return read


_READINGS: Mapping[str, Callable[[str], Reading]] = {
    "concept": _mean_of,
    "misconception": _c_of,
    "struggle": _stuck_on,
    "approach": _helped_by,
    "goal": _goal_of,
}
_CONCERNS: Mapping[str, Callable[[str], Callable[[Piece], bool]]] = {
    "concept": lambda key: (
        lambda piece: piece.concept == key and piece.kind in ABOUT_IT
    ),
    "misconception": lambda key: lambda piece: piece.misconception == key,
    "struggle": lambda _key: lambda _piece: False,
    "approach": lambda _key: lambda _piece: False,
    "goal": lambda key: lambda piece: str(piece.id) == key,
}
