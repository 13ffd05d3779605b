"""Days are the learner's: on their clock, over changes of it, and from one to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tutor.learner.days import begin, days_after

BERLIN, SEOUL = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Seoul")
ANGELES, CHATHAM = ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Chatham")


def at(*numbers: int) -> datetime:
    """A moment in UTC."""
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year to minute


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        (UTC, at(2026, 5, 6, 4)),
        (BERLIN, at(2026, 5, 6, 2)),
        (SEOUL, at(2026, 5, 6, 19)),  # there it is the 6th already: the 7th at four
        (ANGELES, at(2026, 5, 6, 11)),
        (CHATHAM, at(2026, 5, 6, 15, 15)),
    ],
)
def test_tomorrow_begins_when_it_begins_for_the_learner(
    zone: ZoneInfo, due: datetime
) -> None:
    assert days_after(at(2026, 5, 5, 20), 1, zone) == due


def test_a_sitting_past_midnight_belongs_to_the_evening_before() -> None:
    evening = datetime(2026, 5, 5, 23, 50, tzinfo=BERLIN)
    night = datetime(2026, 5, 6, 1, 30, tzinfo=BERLIN)
    assert days_after(evening, 1, BERLIN) == days_after(night, 1, BERLIN)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)]
)
def test_a_day_of_23_or_25_hours_is_one_day(day: date, hours: int) -> None:
    before = begin(day, BERLIN)
    assert before.astimezone(BERLIN).hour == 4
    noon_before = datetime(day.year, day.month, day.day - 1, 12, tzinfo=BERLIN)
    assert days_after(noon_before, 1, BERLIN) == before
    passed = before - datetime(day.year, day.month, day.day - 1, 4, tzinfo=BERLIN)
    assert passed.total_seconds() == hours * 3600


def test_three_days_over_a_change_are_three_days_on_the_clock() -> None:
    said = datetime(2026, 3, 27, 20, tzinfo=BERLIN)
    due = days_after(said, 3, BERLIN).astimezone(BERLIN)
    assert (due.day, due.hour) == (30, 4)
