"""What is believed of many learners of one course, in as many statements as of one.

The same replay as `learner_state` makes it. What it left is kept, in the process and in
a row for each learner and course, with the mark of the evidence that it was made from.
The database works the marks out for all learners at once, and evidence is read again
only where a mark differs: a row that is out of date is never believed, and a piece
whose words were removed is another piece.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from threading import Lock
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DecimalField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Cast, Length

from chatapp.accounts.zones import UNKNOWN, named
from chatapp.conversations.models import PathEntry
from chatapp.memories.models import AtomState
from tutor.learner.evidence import Kind, Piece
from tutor.learner.outline import Left, Outline, left_by, left_from
from tutor.learner.reading import MISCONCEPTION, Known, rules
from tutor.learner.replay import replayed
from tutor.learner.rules import DEFAULT, Rules
from tutor.models import Course
from tutor.models.learner import Claim, Evidence, Summary

MOST_KEPT = 4000
"""Learners whose last replay a process keeps, a few kB each."""
Ignored = Mapping[str, datetime]


class _Kept:
    """The latest replays by learner, course and mark; the longest unused goes first."""

    def __init__(self) -> None:
        self._rows: OrderedDict[object, Left] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> Left | None:
        with self._lock:
            found = self._rows.get(key)
            if found is not None:
                self._rows.move_to_end(key)
            return found

    def put(self, key: object, left: Left) -> None:
        with self._lock:
            self._rows[key] = left
            while len(self._rows) > MOST_KEPT:
                self._rows.popitem(last=False)


_KEPT = _Kept()


def outlines(
    learners: Collection[int], course: Course, now: datetime
) -> dict[int, Outline]:
    """What is believed of each of these people at `now`. Six statements at most."""
    gone, seen = _forgotten(learners, course), _seen(learners, course)
    borders = {pk: rules(named(zone) or UNKNOWN) for pk, (zone, _) in seen.items()}
    marks = {
        pk: _mark(seen[pk][1], borders[pk], gone.get(pk, {}))
        for pk in learners
        if pk in seen
    }
    found = {pk: _KEPT.get((pk, course.pk, mark)) for pk, mark in marks.items()}
    missing = [pk for pk, left in found.items() if left is None]
    made = _summed_up({pk: marks[pk] for pk in missing}, course, borders)
    changed = [pk for pk in missing if pk not in made]
    pieces = dict(_pieces(changed, course))
    for pk in changed:
        read = pieces.get(pk, [])
        replay = replayed(read, rules=borders[pk], ignored=gone.get(pk, {}))
        made[pk] = left_by(replay, {piece.id: piece for piece in read})
    _store([(pk, marks[pk], made[pk]) for pk in changed], course)
    for pk, left in made.items():
        _KEPT.put((pk, course.pk, marks[pk]), left)
    nothing = Left({}, {})
    return {pk: (made.get(pk) or found.get(pk) or nothing).at(now) for pk in learners}


def note(learner: int, course: Course, known: Known) -> None:
    """Keep what a replay left that was made anyway; two statements."""
    seen = _seen([learner], course).get(learner)
    if seen is not None:
        mark = _mark(seen[1], known.rules, known.ignored)
        _store([(learner, mark, left_by(known.replay, known.said))], course)


def _mark(seen: str, borders: Rules, gone: Ignored) -> str:
    """Of all that a replay is made from."""
    whole = (seen, borders.gate, borders.active, str(borders.zone))
    told = repr((whole, sorted((slug, at.isoformat()) for slug, at in gone.items())))
    return sha256(told.encode()).hexdigest()


def _summed_up(
    marks: Mapping[int, str], course: Course, borders: Mapping[int, Rules]
) -> dict[int, Left]:
    """What is kept of these learners in rows that are not out of date."""
    if not marks:
        return {}
    rows = Summary.objects.filter(learner__in=marks, course=course)
    told = rows.order_by().values_list("learner", "mark", "left")
    found = {
        pk: left_from(left, borders.get(pk, DEFAULT).zone)
        for pk, mark, left in told
        if mark == marks[pk]
    }
    numbers = {number for left in found.values() for number in left.words.values()}
    if not numbers:
        return found
    said = Evidence.objects.filter(pk__in=numbers).order_by()
    quotes = dict(said.values_list("pk", "quote"))
    return {pk: left.with_words(quotes) for pk, left in found.items()}


def _store(made: Collection[tuple[int, str, Left]], course: Course) -> None:
    Summary.objects.bulk_create(
        (
            Summary(learner_id=pk, course=course, mark=mark, left=left.as_json())
            for pk, mark, left in sorted(made, key=lambda one: one[0])
        ),
        update_conflicts=True,
        unique_fields=["learner", "course"],
        update_fields=["mark", "left"],
    )


def _counted(learners: Collection[int], course: Course) -> QuerySet[Evidence]:
    """The evidence that counts, as `reading.counted` has it for one person."""
    shown = PathEntry.objects.filter(message=OuterRef("message"))
    rows = Evidence.objects.filter(learner__in=learners, course=course)
    return rows.filter(Q(said=False) | Exists(shown))


def _seen(learners: Collection[int], course: Course) -> dict[int, tuple[str, str]]:
    """The zone of each learner with evidence, and of that evidence which pieces it is
    and how long their words are: how many, and the sum of their hashes.
    """
    # In any order, so that nothing is sorted: with 500 learners these are 100,000 rows.
    piece: Func = Func(
        F("id"),
        Cast(Length("quote"), BigIntegerField()),
        function="hashint8extended",
        output_field=BigIntegerField(),
    )
    whole = Sum(piece, output_field=DecimalField(max_digits=40, decimal_places=0))
    rows = _counted(learners, course).order_by().values("learner", "learner__zone")
    told = rows.annotate(n=Count("pk"), sum=whole)
    return {
        pk: (zone, f"{n} {total}")
        for pk, zone, n, total in told.values_list(
            "learner", "learner__zone", "n", "sum"
        )
    }


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
