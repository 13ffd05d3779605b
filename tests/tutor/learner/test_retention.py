"""When something is due again, by the numbers of the reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from fsrs import Rating

from tests.tutor.learner.pieces import BEGIN, Told, day
from tutor.learner.days import begin
from tutor.learner.retention import Retention, rating_of
from tutor.learner.rules import Rules
from tutor.learner.state import state_of


def test_due_dates_are_the_reference_s() -> None:
    card, at = Retention(), BEGIN
    days, stabilities = [], []
    for rating in (Rating.Good, Rating.Good, Rating.Again, Rating.Good):
        card.review(rating, at)
        assert card.due_at is not None
        assert card.stability is not None
        days.append((card.due_at.date() - at.date()).days)
        stabilities.append(round(card.stability, 2))
        at = card.due_at
    assert days == [2, 11, 2, 5]
    assert stabilities == [2.31, 10.96, 1.54, 4.88]


@pytest.mark.parametrize(
    ("rating", "stability", "days"),
    [
        (Rating.Again, 0.21, 1),
        (Rating.Hard, 1.29, 1),
        (Rating.Good, 2.31, 2),
        (Rating.Easy, 8.30, 8),
    ],
)
def test_the_first_rating_decides_the_first_interval(
    rating: Rating, stability: float, days: int
) -> None:
    card = Retention()
    card.review(rating, BEGIN)
    assert card.stability == pytest.approx(stability, abs=0.005)
    assert card.due_at == begin(day(days).date(), UTC)


def test_a_miss_is_never_hard() -> None:
    said = Told()
    assert rating_of(said.wrong(day(0)), 2) is Rating.Again
    assert rating_of(said.right(day(0)), 1) is Rating.Hard
    assert rating_of(said.right(day(0)), 0) is Rating.Good
    assert rating_of(said.right(day(0), explained=True), 0) is Rating.Easy


def test_answers_of_one_sitting_are_one_review_and_a_miss_still_counts() -> None:
    once, often = Retention(), Retention()
    once.review(Rating.Good, day(0))
    for minute in range(5):
        often.review(Rating.Good, day(0, minute))
    assert often.stability == once.stability
    often.review(Rating.Again, day(0, 9))
    assert often.stability is not None
    assert once.stability is not None
    assert often.stability < once.stability


def test_a_clock_in_another_zone_or_set_back_changes_nothing() -> None:
    seoul = timezone(timedelta(hours=9))
    here, there = Retention(), Retention()
    here.review(Rating.Good, BEGIN)
    there.review(Rating.Good, BEGIN.astimezone(seoul))
    assert here.due_at == there.due_at
    assert there.due_at is not None
    assert there.due_at.tzinfo is UTC
    assert here.retrievability(day(-3)) == 1.0
    assert here.retrievability(day(4).astimezone(seoul)) == here.retrievability(day(4))


@pytest.mark.parametrize(
    ("zone", "at", "due"),
    [
        # Late on Monday evening, in two days: on Wednesday from four in the morning.
        ("Europe/Berlin", (2026, 3, 2, 22, 30), (2026, 3, 4, 4)),
        # Past midnight is the evening before, and a day of 23 hours is a day.
        ("Europe/Berlin", (2026, 3, 28, 1, 30), (2026, 3, 29, 4)),
        ("Asia/Seoul", (2026, 3, 3, 5, 0), (2026, 3, 5, 4)),
        ("America/Los_Angeles", (2026, 3, 2, 23, 59), (2026, 3, 4, 4)),
    ],
)
def test_what_is_due_is_due_from_the_morning_of_the_learner_s_day(
    zone: str, at: tuple[int, ...], due: tuple[int, ...]
) -> None:
    here = ZoneInfo(zone)
    card = Retention(here)
    card.review(Rating.Good, datetime(*at, tzinfo=here))  # type: ignore[misc,arg-type]  # year to minute
    assert card.due_at is not None
    assert card.due_at.astimezone(here) == datetime(*due, tzinfo=here)  # type: ignore[misc,arg-type]  # the same
    whole = card.due_at + timedelta(hours=20)
    assert card.retrievability(card.due_at) == card.retrievability(whole)


def test_the_early_bird_of_a_due_day_and_the_owl_are_scheduled_alike() -> None:
    early, late = Retention(), Retention()
    for card, hours in ((early, -4), (late, 12)):
        card.review(Rating.Good, day(0))
        card.review(Rating.Good, day(2) + timedelta(hours=hours))
    assert early.stability == late.stability
    assert early.due_at == late.due_at


def test_a_state_is_due_on_the_clock_of_its_rules() -> None:
    said = Told()
    said.right(datetime(2026, 3, 2, 20, tzinfo=UTC))  # it is the third in Seoul
    for zone, date in ((UTC, 4), (ZoneInfo("Asia/Seoul"), 5)):
        state = state_of(said.pieces, day(9), rules=Rules(zone=zone))
        (due,) = state.due()
        assert due.due_at is not None
        assert due.due_at.astimezone(zone).timetuple()[:5] == (2026, 3, date, 4, 0)
