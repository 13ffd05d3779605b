"""Counts are shared through Redis, and go on in memory while it is away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from redis.backoff import NoBackoff
from redis.retry import Retry

from chatapp.operations import shared_counts
from chatapp.operations.shared_counts import SharedCounts
from tests.harness.redis import needs_redis, running_redis

pytestmark = needs_redis


def cache(url: str) -> SharedCounts:
    options: dict[str, Any] = {"socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0)}
    return SharedCounts(url, {"KEY_PREFIX": "t", "OPTIONS": options})


@pytest.fixture(autouse=True)
def _nothing_has_failed() -> Iterator[None]:
    """What is counted in memory is one for the whole process, tests included."""
    SharedCounts._away_until = 0.0
    yield
    SharedCounts._away_until = 0.0
    LocMemCache("while Redis is away", {}).clear()


def test_two_processes_count_together() -> None:
    with running_redis() as redis:
        one, two = cache(redis.url), cache(redis.url)
        assert one.add("wrong", 1)
        assert not two.add("wrong", 1)
        assert two.incr("wrong") == 2
        assert one.get("wrong") == 2
        assert one.delete("wrong")
        assert two.get("wrong", "none") == "none"


def test_a_redis_that_dies_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_counts, "AGAIN_S", 0.0)
    with running_redis() as redis:
        counts = cache(redis.url)
        counts.set("wrong", 3)
        redis.kill()
        assert counts.get("wrong", 0) == 0
        counts.set("wrong", 1)
        assert counts.incr("wrong") == 2
        redis.start()
        assert counts.get("wrong", "afresh") == "afresh"
        assert counts.touch("wrong") is False
        counts.clear()


def test_a_redis_that_is_away_is_not_asked_each_time() -> None:
    with running_redis() as redis:
        counts = cache(redis.url)
        redis.kill()
        counts.set("wrong", 1)
        redis.start()
        assert counts.get("wrong") == 1  # still counting here
