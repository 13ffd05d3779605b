"""Django's cache in Redis, which goes on in this process's memory while Redis is away.

allauth counts wrong passwords there. A Redis that is away must not keep anybody from
signing in; until it is back each process counts for itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
AGAIN_S = 5.0
"""How long after a failure the server is not asked, so that nobody waits for it."""


class SharedCounts(BaseCache):
    """A cache of both. What was counted here while Redis was away stays here."""

    _away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        here = {**params, "OPTIONS": {"MAX_ENTRIES": 50_000}}
        self._shared = RedisCache(server, params)
        self._here = LocMemCache("while Redis is away", here)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        return self._either(lambda cache: cache.get(key, default, version))

    def add(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Store the value unless there is one; whether it was stored."""
        return bool(self._either(lambda c: c.add(key, value, timeout, version)))

    def set(
        self,
        key: Any,
        value: Any,
        timeout: Any = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Store the value."""
        self._either(lambda cache: cache.set(key, value, timeout, version))

    def touch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep the value for longer; whether there is one."""
        return bool(self._either(lambda cache: cache.touch(key, timeout, version)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove the value; whether there was one."""
        return bool(self._either(lambda cache: cache.delete(key, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up in one step. Raises ValueError when there is nothing to count."""
        return int(self._either(lambda cache: cache.incr(key, delta, version)))

    def clear(self) -> None:
        """Remove everything."""
        self._either(lambda cache: cache.clear())

    def _either(self, call: Callable[[BaseCache], Any]) -> Any:
        now = time.monotonic()
        if now >= SharedCounts._away_until:
            try:
                return call(self._shared)
            except (RedisError, OSError) as exc:
                # One instance a thread, one Redis for all of them.
                SharedCounts._away_until = now + AGAIN_S
                logger.warning("Redis is away, counting in memory: %s", exc)
        return call(self._here)
