"""How many requests go through, in one process and in several."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from embedded.maas.bucket import KEEP_AT_MOST, Buckets, SharedBuckets
from embedded.maas.models import ApiKey, RateBucket, Workspace
from embedded.maas.provision import issue


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


@pytest.fixture(name="key")
def _key(transactional_db: None) -> tuple[int, int]:
    """The numbers of a key and its workspace."""
    issue("acme-prod", "enterprise-tutor")
    return ApiKey.objects.get().pk, Workspace.objects.get().pk


def _granted(processes: list[SharedBuckets], key: tuple[int, int], times: int) -> int:
    """How many requests go through when they come to the processes in turn."""
    asked = (processes[n % len(processes)] for n in range(times))
    return sum(each.take(*key, rate=0.001, burst=10) == 0 for each in asked)


def test_several_processes_let_no_more_through_than_one(key: tuple[int, int]) -> None:
    assert _granted([SharedBuckets() for _ in range(3)], key, 40) == 10
    assert _granted([SharedBuckets()], key, 5) == 0


def test_a_shared_bucket_fills_with_time(key: tuple[int, int]) -> None:
    bucket = SharedBuckets()
    assert [bucket.take(*key, rate=2, burst=3) for _ in range(4)] == [0, 0, 0, 1]
    earlier = timezone.now() - timedelta(seconds=1)
    RateBucket.objects.update(taken_at=earlier, level=0)
    assert [bucket.take(*key, rate=2, burst=3) for _ in range(3)] == [0, 0, 1]
    RateBucket.objects.update(taken_at=earlier - timedelta(days=1), level=0)
    assert [bucket.take(*key, rate=2, burst=3) for _ in range(4)] == [0, 0, 0, 1]


def test_the_wait_of_a_shared_bucket_is_long_enough(key: tuple[int, int]) -> None:
    bucket = SharedBuckets()
    bucket.take(*key, rate=0.1, burst=1)
    wait = bucket.take(*key, rate=0.1, burst=1)
    assert 1 <= wait <= 10
    moved = timezone.now() - timedelta(seconds=wait)
    RateBucket.objects.update(taken_at=moved)
    assert bucket.take(*key, rate=0.1, burst=1) == 0


def test_a_burst_of_nothing_lets_nothing_through(key: tuple[int, int]) -> None:
    assert SharedBuckets().take(*key, rate=0, burst=0) == 60


def test_a_quick_key_asks_the_database_seldom(key: tuple[int, int]) -> None:
    bucket = SharedBuckets()
    for _ in range(100):
        assert bucket.take(*key, rate=1_000, burst=2_000) == 0
    assert RateBucket.objects.get().granted == 100
    assert RateBucket.objects.get().level == 1_900


def test_threads_at_once_share_what_was_leased(key: tuple[int, int]) -> None:
    buckets = [SharedBuckets(), SharedBuckets()]
    granted: list[int] = []
    start = threading.Barrier(6)

    def ask(bucket: SharedBuckets) -> None:
        start.wait()
        try:
            granted.extend(bucket.take(*key, rate=0.001, burst=30) for _ in range(10))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[buckets[n % 2]]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert granted.count(0) == 30
