"""Token buckets: how many requests a key may make in a workspace.

The bucket is a row, so that any number of processes let no more through than one
would. A process leases a tenth of a second's tokens at once: at the default rate one
statement in a hundred requests, at ten a second and less one for every request.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable

from embedded.maas.sql import rows

KEEP_AT_MOST = 10_000
LEASE_S = 0.1
# Refilled and taken from under the row's lock; does not wait for the disk, since a
# bucket that a crash of the database fills anew harms nobody.
TAKE = """
WITH asked AS (SELECT %s::bigint AS key, %s::bigint AS workspace, %s::float8 AS want,
                      %s::float8 AS rate, %s::float8 AS burst)
INSERT INTO maas_ratebucket AS b (key_id, workspace_id, level, granted, taken_at)
SELECT key, workspace, burst - least(want, burst), least(want, burst), clock_timestamp()
FROM asked, set_config('synchronous_commit', 'off', true)
ON CONFLICT (key_id, workspace_id) DO UPDATE SET (level, granted, taken_at) = (
    SELECT filled - got, got, moment
    FROM (SELECT moment, filled, least(want, floor(filled)) AS got
          FROM (SELECT moment, want, least(burst, b.level + rate * greatest(
                    0, extract(epoch FROM moment - b.taken_at))) AS filled
                FROM asked, clock_timestamp() AS moment) AS refilled) AS granting)
RETURNING granted, level
"""


class Buckets:
    """Buckets in this process's memory alone, one per name, full when first asked."""

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
        return 0 if granted else _wait(level, rate)

    def clear(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._levels.clear()


class SharedBuckets:
    """The buckets of keys, and what this process has leased of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leased: dict[tuple[int, int], int] = {}

    def take(self, key_id: int, workspace_id: int, *, rate: float, burst: int) -> int:
        """Take one token; 0, or the whole seconds until there is one again."""
        name = (key_id, workspace_id)
        with self._lock:
            held = self._leased.get(name, 0)
            if held:
                self._leased[name] = held - 1
                return 0
        want = max(1, min(int(rate * LEASE_S), burst))
        granted, level = rows(TAKE, [key_id, workspace_id, want, rate, burst])[0]
        if granted < 1:
            return _wait(level, rate)
        with self._lock:
            if name not in self._leased and len(self._leased) >= KEEP_AT_MOST:
                self._leased.pop(next(iter(self._leased)))
            self._leased[name] = self._leased.get(name, 0) + int(granted) - 1
        return 0

    def clear(self) -> None:
        """Forget the leases; what the rows say stays."""
        with self._lock:
            self._leased.clear()


def _wait(level: float, rate: float) -> int:
    return max(1, math.ceil((1 - level) / rate)) if rate > 0 else 60
