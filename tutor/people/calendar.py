"""What comes back when: reviews, follow-ups, probes and assignments by day.

A month as weeks from Monday, and the same as a list. What is overdue stands under
today: it is due now, and nothing is counted against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEKS = 5


class Sort(StrEnum):
    """What kind of thing is due."""

    REVIEW = "review"
    FOLLOW_UP = "follow-up"
    PROBE = "probe"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True)
class Due:
    """One thing that is due on a day."""

    on: date
    sort: Sort
    text: str
    quote: str = ""


@dataclass(frozen=True)
class Day:
    """One day of the calendar; `sorts` are what its dots stand for."""

    on: date
    is_today: bool
    is_past: bool
    due: Sequence[Due]

    @property
    def sorts(self) -> Sequence[Sort]:
        """Each sort that is due that day, once."""
        return sorted({each.sort for each in self.due}, key=list(Sort).index)


@dataclass(frozen=True)
class Calendar:
    """Five weeks, and what is due later than they reach."""

    weeks: Sequence[Sequence[Day]]
    days: Sequence[Day]
    later: Sequence[Due]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is due at all."""
        return not (self.days or self.later)


def calendar(due: Iterable[Due], today: date) -> Calendar:
    """The weeks from this one on; `days` are those on which something is due."""
    begin = today - timedelta(days=today.weekday())
    end = begin + timedelta(weeks=WEEKS)
    by_day: dict[date, list[Due]] = {}
    later = []
    for each in sorted(
        due, key=lambda one: (one.on, list(Sort).index(one.sort), one.text)
    ):
        on = max(each.on, today)
        if on < end:
            by_day.setdefault(on, []).append(each)
        else:
            later.append(each)
    days = [begin + timedelta(days=n) for n in range(7 * WEEKS)]
    drawn = [Day(on, on == today, on < today, by_day.get(on, [])) for on in days]
    return Calendar(
        weeks=[drawn[at : at + 7] for at in range(0, len(drawn), 7)],
        days=[day for day in drawn if day.due],
        later=later,
    )
