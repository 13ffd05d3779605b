"""Replays evidence in the order of time into what is believed: nothing else is stored.

The rules for what counts stand here. Of one item's answers within a sitting the first
right one and the first wrong one count, nothing counts behind a right one, and an
answer behind a wrong one counts as helped. What a model concluded from talk counts once
in a sitting, whatever it concluded how often.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from fsrs import Rating

from tutor.learner import goal, struggle
from tutor.learner.approach import Approach
from tutor.learner.evidence import SITTING, Kind, Piece
from tutor.learner.goal import Goal
from tutor.learner.mastery import Mastery
from tutor.learner.misconception import Belief
from tutor.learner.retention import Retention, rating_of
from tutor.learner.rules import DEFAULT, Rules
from tutor.learner.struggle import Struggle

REVEALED_AS = 3
"""An item whose answer was shown counts as if every hint had been given."""


@dataclass
class _Item:
    """When an item was answered last, so that a repeat is known for one."""

    right: datetime | None = None
    wrong: datetime | None = None
    revealed: datetime | None = None


@dataclass(frozen=True)
class Pending:
    """An approach that was tried and whose outcome is the next answer."""

    name: str
    at: datetime


class Replay:
    """What is believed after the pieces taken so far; take them in the order of time."""

    def __init__(self, rules: Rules = DEFAULT) -> None:
        self._rules = rules
        self._items: dict[str, _Item] = {}
        self._talk: dict[tuple[str, str, bool | None], datetime] = {}
        self._missed: dict[str, datetime] = {}
        self._pending: dict[str, Pending] = {}
        self.mastery: dict[str, Mastery] = {}
        self.retention: dict[str, Retention] = {}
        self.beliefs: dict[str, Belief] = {}
        self.probes: dict[str, Retention] = {}
        self.struggles: dict[str, Struggle] = {}
        self.approaches: dict[tuple[str, str], Approach] = {}
        self.goals: tuple[Goal, ...] = ()
        self.pieces: dict[str, list[int]] = {}
        self.quotes: dict[str, str] = {}

    def take(self, piece: Piece) -> bool:
        """Take one more piece; whether it counted."""
        match piece.kind:
            case Kind.GOAL:
                self.goals = goal.after(self.goals, piece)
                return True
            case Kind.APPROACH:
                return self._tried(piece)
            case Kind.OPEN | Kind.CHOICE | Kind.REVEALED:
                return self._answered(piece)
            case Kind.STUCK:
                self._stuck(piece, 0)
                return True
            case _:
                return self._heard(piece)

    def _answered(self, piece: Piece) -> bool:
        item = self._items.setdefault(piece.item, _Item()) if piece.item else _Item()
        hints = self._hints(piece, item)
        if not self._counts(piece, item):
            return False
        if piece.kind is Kind.REVEALED:
            item.revealed = piece.at
        elif piece.ok:
            item.right = piece.at
        else:
            item.wrong = piece.at
        self._learn(piece, hints)
        for slug in {piece.misconception, *piece.exposes} - {""}:
            self._concerns(piece, slug, hints)
        self._stuck(piece, hints)
        self._outcome(piece, hints)
        if piece.ok is False:
            self._missed[piece.concept] = piece.at
        return True

    def _hints(self, piece: Piece, item: _Item) -> int:
        if _lately(item.revealed, piece.at):
            return REVEALED_AS
        return max(piece.hints, 1 if _lately(item.wrong, piece.at) else 0)

    def _counts(self, piece: Piece, item: _Item) -> bool:
        if _lately(item.right, piece.at):
            return False
        before = item.revealed if piece.kind is Kind.REVEALED else item.wrong
        return bool(piece.ok) or not _lately(before, piece.at)

    def _learn(self, piece: Piece, hints: int) -> None:
        known = self.mastery.get(piece.concept, Mastery())
        self.mastery[piece.concept] = known.after(piece, hints, self._rules.gate)
        self.pieces.setdefault(piece.concept, []).append(piece.id)
        if piece.ok and piece.quote:
            self.quotes[piece.concept] = piece.quote
        if rating := rating_of(piece, hints):
            card = self.retention.setdefault(piece.concept, Retention(self._rules.zone))
            card.review(rating, piece.at)

    def _concerns(self, piece: Piece, slug: str, hints: int) -> None:
        known = self.beliefs.get(slug)
        shows = piece.ok is not True and piece.misconception == slug
        if known is None and not shows:
            return  # nothing is believed that could be less believed
        belief = (known or Belief()).after(piece, slug, hints, self._rules.active)
        if belief == known:
            return
        self.beliefs[slug] = belief
        if known and piece.graded and (shows or hints == 0):
            card = self.probes.setdefault(slug, Retention(self._rules.zone))
            card.review(Rating.Again if shows else Rating.Good, piece.at)

    def _heard(self, piece: Piece) -> bool:
        """What was said, or concluded from what was said."""
        slugs = [piece.misconception] if piece.misconception else []
        if piece.kind is Kind.ASSERTED and not slugs:
            slugs = [s for s, b in self.beliefs.items() if b.concept == piece.concept]
        if piece.kind is not Kind.DISPUTED:
            about = piece.misconception or piece.concept
            key = (piece.kind.value, about, piece.ok)
            if _lately(self._talk.get(key), piece.at):
                for slug in slugs:  # it moves no number, and is one more proof
                    if known := self.beliefs.get(slug):
                        self.beliefs[slug] = known.noted(piece)
                return False
            self._talk[key] = piece.at
        if piece.kind in {Kind.JUDGED, Kind.INFERRED}:
            self._learn(piece, piece.hints)
        if piece.kind is Kind.DISPUTED and not slugs:
            self._disputed(piece)
        for slug in slugs:
            self._concerns_said(piece, slug)
        return True

    def _disputed(self, piece: Piece) -> None:
        """The learner's word against a claim; `text` says of which type it is."""
        kind, _, name = piece.text.partition("/")
        stuck = self.struggles.get(piece.concept)
        if kind == "learning_style":
            self._helped(piece, name, helped=False, said=True)
        elif kind == "struggle_point" and stuck:
            self.struggles[piece.concept] = struggle.denied(stuck, piece)
        elif kind == "concept_mastered":
            self._learn(piece, 0)

    def _concerns_said(self, piece: Piece, slug: str) -> None:
        known = self.beliefs.get(slug)
        if known is None and piece.kind not in {Kind.STATED, Kind.CONFIRMED}:
            return
        belief = known or Belief()
        self.beliefs[slug] = belief.after(piece, slug, piece.hints, self._rules.active)

    def _stuck(self, piece: Piece, hints: int) -> None:
        known = self.struggles.get(piece.concept)
        found = struggle.after(known, piece, hints, self._missed.get(piece.concept))
        if found is not None:
            self.struggles[piece.concept] = found

    def _tried(self, piece: Piece) -> bool:
        if piece.ok is None:
            self._pending[piece.concept] = Pending(piece.text, piece.at)
            return True
        if not piece.quote:
            return False  # nobody said so
        self._helped(piece, piece.text, helped=piece.ok, said=True)
        return True

    def _outcome(self, piece: Piece, hints: int) -> None:
        tried = self._pending.pop(piece.concept, None)
        if tried is None or piece.at - tried.at >= SITTING:
            return
        if piece.ok is False or (piece.ok and hints == 0):
            self._helped(piece, tried.name, helped=bool(piece.ok), said=False)

    def _helped(self, piece: Piece, name: str, *, helped: bool, said: bool) -> None:
        key = (piece.concept, name)
        known = self.approaches.get(key, Approach(piece.concept, name))
        self.approaches[key] = known.after(piece, helped=helped, said=said)


def replayed(
    pieces: Iterable[Piece],
    *,
    rules: Rules = DEFAULT,
    ignored: Mapping[str, datetime] = MappingProxyType({}),
) -> Replay:
    """All pieces, in the order of time.

    `ignored` are misconceptions that the learner had removed, and when: what was seen
    of them until then is not believed any more.
    """
    replay = Replay(rules)
    for piece in left(pieces, ignored):
        replay.take(piece)
    return replay


def left(pieces: Iterable[Piece], ignored: Mapping[str, datetime]) -> Iterator[Piece]:
    """The pieces in the order of time, without what they say of what was removed."""
    for piece in sorted(pieces, key=lambda one: (one.at, one.id)):
        gone = {slug for slug, until in ignored.items() if piece.at <= until}
        kept = without(piece, gone) if gone else piece
        if kept is not None:
            yield kept


def without(piece: Piece, gone: Collection[str]) -> Piece | None:
    """What the piece says of everything else; None when it says nothing else."""
    exposes = tuple(slug for slug in piece.exposes if slug not in gone)
    if piece.misconception not in gone:
        return replace(piece, exposes=exposes)
    if not (piece.graded or piece.kind is Kind.REVEALED):
        return None
    return replace(piece, misconception="", exposes=exposes)


def _lately(before: datetime | None, at: datetime) -> bool:
    return before is not None and at - before < SITTING
