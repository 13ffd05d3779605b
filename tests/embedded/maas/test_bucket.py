"""How many requests go through."""

from __future__ import annotations

from embedded.maas.bucket import KEEP_AT_MOST, Buckets


class Clock:
    """Time that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """The seconds so far."""
        return self.now


def test_a_burst_goes_through_and_then_the_rate() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    taken = [buckets.take("key", rate=2, burst=3) for _ in range(4)]
    assert taken == [0, 0, 0, 1]
    clock.now = 0.5
    assert [buckets.take("key", rate=2, burst=3) for _ in range(2)] == [0, 1]


def test_the_time_to_wait_is_long_enough() -> None:
    clock = Clock()
    buckets = Buckets(clock)
    buckets.take("key", rate=0.1, burst=1)
    wait = buckets.take("key", rate=0.1, burst=1)
    clock.now = float(wait)
    assert buckets.take("key", rate=0.1, burst=1) == 0


def test_names_have_buckets_of_their_own() -> None:
    buckets = Buckets(Clock())
    assert [buckets.take(name, rate=1, burst=1) for name in "ab"] == [0, 0]


def test_a_rate_of_nothing_waits_a_minute() -> None:
    assert Buckets(Clock()).take("key", rate=0, burst=0) == 60


def test_forgotten_names_do_not_pile_up() -> None:
    buckets = Buckets(Clock())
    for name in range(KEEP_AT_MOST + 10):
        buckets.take(name, rate=1, burst=1)
    assert len(buckets._levels) == KEEP_AT_MOST
