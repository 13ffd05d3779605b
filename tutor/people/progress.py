"""How a course went over time, as a drawing of steps and as a table.

Two lines: concepts of which something was seen, and concepts that have reached mastery.
Both only rise: what needs a refresh was reached all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import dateformat, timezone
from django.utils.translation import gettext

WIDTH, HEIGHT = 480.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 12.0, 14.0, 34.0
MOST_TICKS = 3


@dataclass(frozen=True)
class Seen:
    """What one moment added: an answer, a concept seen first, one that was reached."""

    at: datetime
    first: bool = False
    reached: str = ""


@dataclass(frozen=True)
class Mark:
    """A concept that was reached then, on the line."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Tick:
    """A label at an axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Row:
    """One week in the table: the totals at its end, and the answers in it."""

    begin: date
    answers: int
    practised: int
    reached: int


@dataclass(frozen=True)
class Progress:
    """The drawing, in units of its own view box, and the same as rows."""

    width: float
    height: float
    practised: str
    reached: str
    area: str
    marks: Sequence[Mark]
    days: Sequence[Tick]
    counts: Sequence[Tick]
    floor: float
    rows: Sequence[Row]


def progress(seen: Sequence[Seen], concepts: int, now: datetime) -> Progress | None:
    """The course's history in the order of time; None while nothing was seen."""
    if not seen:
        return None
    begin, end = seen[0].at, max(now, seen[-1].at + timedelta(days=1))
    span = max((end - begin).total_seconds(), 1.0)
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    most = max(concepts, 1)

    def x(at: datetime) -> float:
        return round(LEFT + wide * (at - begin).total_seconds() / span, 1)

    def y(count: int) -> float:
        return round(TOP + high * (1 - count / most), 1)

    practised = reached = 0
    lines = {"practised": [(LEFT, y(0))], "reached": [(LEFT, y(0))]}
    marks = []
    for each in seen:
        if each.first:
            practised += 1
            lines["practised"].append((x(each.at), y(practised)))
        if each.reached:
            reached += 1
            lines["reached"].append((x(each.at), y(reached)))
            marks.append(
                Mark(x(each.at), y(reached), f"{each.reached}, {_day(each.at)}")
            )
    right = WIDTH - RIGHT
    steps = {name: _steps(points, right) for name, points in lines.items()}
    return Progress(
        width=WIDTH,
        height=HEIGHT,
        practised=steps["practised"],
        reached=steps["reached"],
        area=f"{steps['reached']}V{y(0):g}H{LEFT:g}Z",
        marks=marks,
        days=[Tick(x(at), _day(at)) for at in _days(begin, end)],
        counts=[Tick(y(n), str(n)) for n in sorted({0, round(most / 2), most})],
        floor=y(0),
        rows=_rows(seen),
    )


def _steps(points: Sequence[tuple[float, float]], right: float) -> str:
    (x, y), *more = points
    path = f"M{x:g} {y:g}"
    for x, y in more:
        path += f"H{x:g}V{y:g}"
    return f"{path}H{right:g}"


def _days(begin: datetime, end: datetime) -> list[datetime]:
    """Evenly spread moments, at least a day apart."""
    count = min(MOST_TICKS, max(1, (end - begin).days))
    return [begin + (end - begin) * (n + 0.5) / count for n in range(count)]


def _rows(seen: Sequence[Seen]) -> list[Row]:
    rows: list[Row] = []
    practised = reached = 0
    for each in seen:
        day = timezone.localdate(each.at)
        monday = day - timedelta(days=day.weekday())
        practised += each.first
        reached += bool(each.reached)
        before = 0
        if rows and rows[-1].begin == monday:
            before = rows.pop().answers
        rows.append(Row(monday, before + 1, practised, reached))
    return rows


def _day(at: datetime) -> str:
    return dateformat.format(timezone.localtime(at), gettext("j M"))
