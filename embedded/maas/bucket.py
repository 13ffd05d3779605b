"""Token buckets: how many requests a key may make in a workspace.

Kept in memory, one set per process: a site of three web processes lets three times
the rate through, which is enough to stop a runaway loop and costs no query.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable

KEEP_AT_MOST = 10_000


class Buckets:
    """One bucket per name, full when first asked for."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def take(self, name: Hashable, *, rate: float, burst: int) -> int:
        """Take one token; 0, or the whole seconds until there is one again.

        `rate` is in tokens a second, `burst` what the bucket holds.
        """
        now = self._clock()
        with self._lock:
            level, then = self._levels.get(name, (float(burst), now))
            level = min(float(burst), level + (now - then) * rate)
            granted = level >= 1
            if name not in self._levels and len(self._levels) >= KEEP_AT_MOST:
                self._levels.pop(next(iter(self._levels)))  # the oldest name
            self._levels[name] = (level - 1 if granted else level, now)
        if granted:
            return 0
        return max(1, math.ceil((1 - level) / rate)) if rate > 0 else 60

    def clear(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._levels.clear()
