"""A picture of what was learnt when: a dot for each type and span of time.

Drawn by the server as SVG, with the same figures as a table for who does not see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from django.db.models import Count
from django.db.models.functions import Trunc
from django.utils import dateformat
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import User
from chatapp.memories.models import HELD, Atom
from chatapp.memories.slips import LABELS

SPANS = (("day", timedelta(days=1), 16), ("week", timedelta(days=7), 16))
"""Spans that are tried, with how many of them a picture takes; months otherwise."""
MOST_MONTHS = 24
TOP, ROW, BELOW, WIDTH = 34, 50, 12, 720
LARGEST = 11.0
MOST_TICKS = 6
FORMATS = {"day": _("j M"), "week": _("j M"), "month": _("M Y")}
WORDS = {"day": _("day"), "week": _("week"), "month": _("month")}


@dataclass(frozen=True)
class Dot:
    """How many atoms of a type came in one span, and where that is drawn."""

    x: float
    y: float
    radius: float
    count: int
    title: str


@dataclass(frozen=True)
class Lane:
    """One type: its name above its line, and its figures for the table."""

    label: str
    y: float
    label_y: float
    dots: Sequence[Dot]
    counts: Sequence[int]
    total: int


@dataclass(frozen=True)
class Tick:
    """The name of a span below the picture; `drawn` where there is room."""

    x: float
    label: str
    drawn: bool


@dataclass(frozen=True)
class Timeline:
    """The picture, in units of its own view box."""

    width: int
    height: int
    span: str
    lanes: Sequence[Lane]
    ticks: Sequence[Tick]


def timeline(user: User, now: datetime) -> Timeline | None:
    """What is remembered of this person, by the time it was learnt; None for nothing."""
    held = Atom.objects.filter(anchor__user=user, state__in=HELD, superseded_by=None)
    first = held.order_by("created_at").values_list("created_at", flat=True).first()
    if first is None:
        return None
    span = _span(now - first)
    rows = (
        held.order_by()
        .annotate(begin=Trunc("created_at", span))
        .values_list("atom_type", "begin")
        .annotate(Count("pk"))
    )
    counts = {(kind, begin): count for kind, begin, count in rows}
    begins = _begins(min(begin for _, begin in counts), now, span)
    step = WIDTH / max(1, len(begins))
    places = {begin: step * (n + 0.5) for n, begin in enumerate(begins)}
    most = max(counts.values())
    kinds = [kind for kind in LABELS if any(kind == known for known, _ in counts)]
    lanes = []
    for number, kind in enumerate(kinds):
        y = float(TOP + ROW * number + 16)
        row = [counts.get((kind, begin), 0) for begin in begins]
        dots = [
            Dot(
                x=round(places[begin], 1),
                y=y,
                radius=round(max(3.0, LARGEST * sqrt(count / most)), 1),
                count=count,
                title=f"{LABELS[kind]}, {_name(begin, span)}: {count}",
            )
            for begin, count in zip(begins, row, strict=True)
            if count
        ]
        lanes.append(Lane(str(LABELS[kind]), y, y - 20, dots, row, sum(row)))
    every = max(1, -(-len(begins) // MOST_TICKS))
    ticks = [
        Tick(round(places[begin], 1), _name(begin, span), n % every == 0)
        for n, begin in enumerate(begins)
    ]
    height = TOP + ROW * len(kinds) + BELOW
    return Timeline(WIDTH, height, str(WORDS[span]), lanes, ticks)


def _span(age: timedelta) -> str:
    for name, length, most in SPANS:
        if age < length * most:
            return name
    return "month"


def _begins(first: datetime, now: datetime, span: str) -> list[datetime]:
    """The beginning of each span from the first to this one."""
    begins = [first]
    while (following := _next(begins[-1], span)) <= now:
        begins.append(following)
    return begins[-MOST_MONTHS:]


def _next(begin: datetime, span: str) -> datetime:
    if span == "month":
        year, month = divmod(begin.year * 12 + begin.month, 12)
        return begin.replace(year=year, month=month + 1)
    return begin + timedelta(days=1 if span == "day" else 7)


def _name(begin: datetime, span: str) -> str:
    return dateformat.format(begin, str(FORMATS[span]))
