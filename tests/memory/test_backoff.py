"""Waiting: never past the ceiling, never before the service asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memory.backoff import LAST_CEILING, backoff_delay, parse_retry_after

NOON = datetime(2026, 11, 22, 12, 0, 0, 500_000, tzinfo=UTC)


def test_the_ceiling_doubles_and_chance_decides_below_it() -> None:
    assert [backoff_delay(n, 0.5, None) for n in (1, 2, 3)] == [0.125, 0.25, 0.5]
    assert backoff_delay(1, 0.0, None) == 0.0


@pytest.mark.parametrize("attempt", [7, 10_000])
def test_no_attempt_waits_longer_than_the_last_ceiling(attempt: int) -> None:
    assert backoff_delay(attempt, 1.0, None) == LAST_CEILING


def test_nothing_is_repeated_sooner_than_asked() -> None:
    assert backoff_delay(1, 0.9, 20.0) == 20.0
    assert backoff_delay(5, 0.5, 1.0) == 2.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("Sun, 22 Nov 2026 12:00:10 GMT", 10.0),
        ("Sun, 22 Nov 2026 13:00:10 +0100", 10.0),
        ("Sun, 22 Nov 2026 12:00:10 -0000", 10.0),
        ("Sat, 21 Nov 2026 12:00:00 GMT", 0.0),
        ("-5", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("Sun, 99 Nov 2026 12:00:10 GMT", None),
    ],
)
def test_both_forms_of_retry_after_are_understood(
    value: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(value, now=NOON) == seconds


def test_a_date_counts_from_now() -> None:
    assert parse_retry_after("Sun, 22 Nov 2020 12:00:10 GMT") == 0.0
