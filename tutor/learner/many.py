"""What is believed of many learners of one course, in as many statements as of one.

The same replay as `learner_state` makes it. What a replay left is kept in the process
with the mark of the evidence it was made from, which the database works out for all
learners at once: only of whom something has changed since is evidence read again.
Nothing is kept anywhere else, and a piece whose words were removed is another piece.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from threading import Lock
from types import MappingProxyType
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat, Length

from chatapp.conversations.models import PathEntry
from chatapp.memories.models import AtomState
from tutor.learner.evidence import Kind, Piece
from tutor.learner.mastery import Mastery
from tutor.learner.reading import MISCONCEPTION, rules
from tutor.learner.replay import replayed
from tutor.learner.retention import Retention
from tutor.learner.rules import Rules
from tutor.learner.state import (
    ConceptState,
    MisconceptionState,
    concept_state,
    state_after,
)
from tutor.models import Course
from tutor.models.learner import Claim, Evidence

MOST_KEPT = 4000
"""Learners whose last replay a process keeps, a few kB each."""
Ignored = Mapping[str, datetime]


@dataclass(frozen=True)
class Outline:
    """One learner's concepts, without words and evidence, and the misconceptions that
    are active, at one moment.
    """

    concepts: Mapping[str, ConceptState]
    active: tuple[MisconceptionState, ...]


@dataclass(frozen=True)
class _Left:
    """What a replay left, for any later moment."""

    mastery: Mapping[str, Mastery]
    retention: Mapping[str, Retention]
    active: tuple[MisconceptionState, ...]

    def at(self, now: datetime) -> Outline:
        concepts = {
            slug: concept_state(slug, mastery, self.retention.get(slug), now)
            for slug, mastery in self.mastery.items()
        }
        return Outline(MappingProxyType(concepts), self.active)


class _Kept:
    """The latest replays by what they were made from; the longest unused goes first."""

    def __init__(self) -> None:
        self._rows: OrderedDict[object, _Left] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> _Left | None:
        with self._lock:
            found = self._rows.get(key)
            if found is not None:
                self._rows.move_to_end(key)
            return found

    def put(self, key: object, left: _Left) -> None:
        with self._lock:
            self._rows[key] = left
            while len(self._rows) > MOST_KEPT:
                self._rows.popitem(last=False)


_KEPT = _Kept()


def outlines(
    learners: Collection[int], course: Course, now: datetime
) -> dict[int, Outline]:
    """What is believed of each of these people at `now`. Three statements."""
    borders = rules()
    gone = _forgotten(learners, course)
    marks = _marks(learners, course)
    keys = {
        pk: (pk, course.pk, borders, marks.get(pk), tuple(gone.get(pk, {}).items()))
        for pk in learners
    }
    left = {pk: _KEPT.get(key) for pk, key in keys.items()}
    changed = [pk for pk, found in left.items() if found is None]
    pieces = dict(_pieces(changed, course))
    for pk in changed:
        made = _replay(pieces.get(pk, []), borders, gone.get(pk, {}))
        _KEPT.put(keys[pk], made)
        left[pk] = made
    return {pk: found.at(now) for pk, found in left.items() if found is not None}


def _replay(pieces: list[Piece], borders: Rules, ignored: Ignored) -> _Left:
    replay = replayed(pieces, rules=borders, ignored=ignored)
    said = {piece.id: piece for piece in pieces}
    # Which moment it is makes no difference to what is active.
    moment = pieces[-1].at if pieces else datetime.min
    active = state_after(replay, said, moment).active() if pieces else []
    return _Left(dict(replay.mastery), dict(replay.retention), tuple(active))


def _counted(learners: Collection[int], course: Course) -> QuerySet[Evidence]:
    """The evidence that counts, as `reading.counted` has it for one person."""
    shown = PathEntry.objects.filter(message=OuterRef("message"))
    rows = Evidence.objects.filter(learner__in=learners, course=course)
    return rows.filter(Q(said=False) | Exists(shown))


def _marks(learners: Collection[int], course: Course) -> dict[int, str]:
    """Of each learner's evidence: which pieces they are, and whether words are left."""
    piece = Concat(
        *(Cast("id", TextField()), Value(" "), Cast(Length("quote"), TextField())),
        output_field=TextField(),
    )
    every = Func(
        StringAgg(piece, Value(","), order_by="id", output_field=TextField()),
        function="MD5",
        output_field=CharField(),
    )
    rows = _counted(learners, course).order_by().values("learner")
    return dict(rows.annotate(mark=every).values_list("learner", "mark"))


FIELDS = (
    *("id", "concept", "kind", "at", "ok", "hints", "item"),
    *("misconception", "exposes", "explained", "text", "quote"),
)
"""Of a piece, in the order in which `Piece` takes them."""


def _pieces(
    learners: Collection[int], course: Course
) -> Iterator[tuple[int, list[Piece]]]:
    if not learners:
        return
    rows = _counted(learners, course).order_by("learner", "at", "id")
    read: Iterator[tuple[Any, ...]] = rows.values_list("learner", *FIELDS).iterator(
        chunk_size=5000
    )
    for learner, own in groupby(read, key=lambda row: row[0]):
        yield learner, [_piece(*row[1:]) for row in own]


def _piece(pk: int, concept: str, kind: str, at: datetime, *rest: Any) -> Piece:
    ok, hints, item, misconception, exposes, explained, text, quote = rest
    return Piece(
        *(pk, concept, Kind(kind), at, ok, hints, item, misconception),
        *(tuple(exposes), explained, text, quote),
    )


def _forgotten(
    learners: Collection[int], course: Course
) -> dict[int, dict[str, datetime]]:
    """Which misconceptions each of them had removed, and when."""
    found = (
        Claim.objects.filter(
            learner__in=learners, course=course, atom_type=MISCONCEPTION
        )
        .filter(Q(forgotten_at__isnull=False) | Q(atom__state=AtomState.FORGOTTEN))
        .order_by("learner", "key")
        .annotate(there=F("atom__removal__at"))
        .values_list("learner", "key", "forgotten_at", "there")
    )
    gone: dict[int, dict[str, datetime]] = {}
    for learner, key, here, there in found:
        gone.setdefault(learner, {})[key] = here or there
    return gone
