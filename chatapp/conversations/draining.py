"""Leaving: this process was told to end, and lets its running replies end first.

From then on it takes no new message (the page keeps the text and says so) and is not
ready (`/healthz` answers 503, so that a balancer sends people elsewhere), while pages
stay connected and replies go on. After `DRAIN_S` (a setting) what still runs is
interrupted, with its text.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings


class Drain:
    """Whether this process is leaving, and how long its replies have."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._until: float | None = None

    @property
    def begun(self) -> bool:
        """Whether no new reply may begin here."""
        return self._until is not None

    @property
    def left_s(self) -> float:
        """Seconds that running replies have; all of them until it has begun."""
        if self._until is None:
            return self._seconds
        return max(0.0, self._until - self._clock())

    def begin(self) -> None:
        """Leave; again changes nothing. Does nothing that a signal handler may not."""
        if self._until is None:
            self._until = self._clock() + self._seconds


DRAIN = Drain(settings.DRAIN_S)
"""That of this process."""
