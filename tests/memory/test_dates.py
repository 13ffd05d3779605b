"""Days are resolved against the message's time, and never invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from memory.dates import days_in, invents, resolved

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("My exam is tomorrow.", date(2026, 11, 23)),
        ("I moved here yesterday.", date(2026, 11, 21)),
        ("The exam is on Friday.", date(2026, 11, 27)),
        ("See you on May 3rd, 2027.", date(2027, 5, 3)),
        ("We met on 14 June.", date(2026, 6, 14)),
        ("In 2 weeks I fly to Oslo.", date(2026, 12, 6)),
        ("내일 면접이 있어요.", date(2026, 11, 23)),
        ("금요일에 시험 봐요.", date(2026, 11, 27)),
        ("12월 3일이 생일이에요.", date(2026, 12, 3)),
        ("3일 뒤에 이사해요.", date(2026, 11, 25)),
        ("明後日、試験があります。", date(2026, 11, 24)),
        ("12月3日に引っ越します。", date(2026, 12, 3)),
        ("金曜日に発表があります。", date(2026, 11, 27)),
        ("周五考试。", date(2026, 11, 27)),
    ],
)
def test_a_named_day_is_resolved(text: str, day: date) -> None:
    assert day in days_in(text, AT)
    assert resolved(day.isoformat(), text, AT) == day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-11-27", "I have an exam soon."),
        ("2026-12-24", "The exam is tomorrow."),
        ("2026-02-30", "On 30 February."),
        ("tomorrow", "The exam is tomorrow."),
        (None, "The exam is tomorrow."),
        (20261123, "The exam is tomorrow."),
    ],
)
def test_a_day_that_was_not_named_is_dropped(value: object, text: str) -> None:
    assert resolved(value, text, AT) is None


@pytest.mark.parametrize(
    ("content", "source", "invented"),
    [
        ("User's exam is on 2026-11-23.", "My exam is tomorrow.", False),
        ("User's exam is on May 3.", "My exam is soon.", True),
        ("User moved in 2019.", "I moved in 2019.", False),
        ("User moved in 2019.", "I moved years ago.", True),
        ("사용자의 생일은 12월 3일이다.", "제 생일은 12월 3일이에요.", False),
        ("사용자의 생일은 12월 3일이다.", "제 생일이 곧이에요.", True),
        ("User has 3 cats.", "I have three cats.", False),
    ],
)
def test_a_content_names_no_day_that_was_not_said(
    content: str, source: str, invented: bool
) -> None:
    assert invents(content, source, AT) is invented
