"""The learner's days: what is put off by days comes back when such a day begins there.

A day begins at four in the morning, so that a sitting past midnight belongs to the
evening it began in. Moments are kept, days are counted on the learner's own clock: one
of 23 or 25 hours is a day like any other.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

BEGINS = time(4, 0)


def begin(day: date, zone: tzinfo) -> datetime:
    """The moment at which this day begins in `zone`."""
    return datetime.combine(day, BEGINS, zone).astimezone(UTC)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The learner's day that this moment belongs to."""
    local = moment.astimezone(zone)
    early = local.time() < BEGINS
    return local.date() - timedelta(days=1) if early else local.date()


def days_after(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """The beginning of the day so many days after the one of `moment`."""
    return begin(day_of(moment, zone) + timedelta(days=days), zone)
