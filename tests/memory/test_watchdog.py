"""Four deadlines on a clock that a test turns by hand."""

from __future__ import annotations

import pytest

from memory.watchdog import USAGE_GRACE, ModelTimeouts, Watchdog, timed_out

TIMEOUTS = ModelTimeouts(connect=2, first_token=20, between_tokens=15, total=180)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(clock: Clock) -> Watchdog:
    return Watchdog(TIMEOUTS, clock)


def test_the_first_token_has_a_deadline_from_the_start(watch: Watchdog) -> None:
    assert watch.next_limit == 1020
    assert watch.expired("call").phase == "first_token"


def test_each_sign_of_work_sets_the_next_deadline(
    watch: Watchdog, clock: Clock
) -> None:
    clock.now = 1019
    watch.progress()
    assert watch.next_limit == 1034
    error = watch.expired("call")
    assert error.phase == "between_tokens"
    assert str(error) == "call: between_tokens took longer than 15 s"


def test_the_total_bounds_everything(watch: Watchdog, clock: Clock) -> None:
    clock.now = 1170
    watch.progress()
    assert watch.next_limit == 1180
    assert watch.expired("call").phase == "total"


def test_after_the_end_little_is_waited_for(watch: Watchdog, clock: Clock) -> None:
    watch.progress()
    watch.ending()
    assert watch.next_limit == 1000 + USAGE_GRACE
    clock.now = 1001
    watch.ending()
    assert watch.next_limit == 1000 + USAGE_GRACE


def test_the_person_is_told_what_to_do() -> None:
    error = timed_out("call", "connect", TIMEOUTS)
    assert (error.phase, error.retry_after) == ("connect", None)
    assert error.user_message.endswith("Try again in a moment.")
