"""When a service is taken to be away, and when it is asked again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.breaker import Breaker


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Stands still."""
    return Clock()


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock=clock)
    for _ in range(5):
        assert breaker.admits()
        breaker.failed()
    return breaker


def test_four_failures_in_a_row_are_put_up_with(clock: Clock) -> None:
    breaker = Breaker(clock=clock)
    for _ in range(10):
        for _ in range(4):
            breaker.failed()
        assert (breaker.state, breaker.admits()) == ("closed", True)
        breaker.succeeded()


def test_the_fifth_opens_it(clock: Clock) -> None:
    breaker = opened(clock)
    assert (breaker.state, breaker.admits()) == ("open", False)


def test_one_call_in_five_seconds_tries(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now += 5
    assert breaker.probe_due
    assert (breaker.admits(), breaker.state) == (True, "half-open")
    assert not breaker.admits()
    breaker.failed()
    assert (breaker.state, breaker.admits()) == ("open", False)


def test_a_try_that_never_ends_blocks_no_other(clock: Clock) -> None:
    breaker = opened(clock)
    clock.now += 5
    assert breaker.admits()
    clock.now += 5
    assert breaker.admits()


def test_an_answer_closes_it_and_is_heard_once(clock: Clock) -> None:
    heard: list[str] = []
    breaker = Breaker(clock=clock, heard=lambda: heard.append("closed"))
    breaker.succeeded()
    for _ in range(7):
        breaker.failed()
    breaker.succeeded()
    breaker.succeeded()
    assert (breaker.state, heard) == ("closed", ["closed"])


@given(st.lists(st.floats(0, 10), max_size=200))
def test_while_the_service_is_away_at_most_one_call_in_five_seconds_is_made(
    pauses: list[float],
) -> None:
    clock = Clock()
    breaker = opened(clock)
    tried = [clock.now]
    for pause in pauses:
        clock.now += pause
        if breaker.admits():
            tried.append(clock.now)
            breaker.failed()
    assert all(b - a >= 5 for a, b in pairwise(tried))
