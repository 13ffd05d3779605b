"""A circuit breaker: a service that is away is not asked again by everybody.

Used by `client.py` around each attempt. After a row of failures the breaker is open:
calls are refused at once, so that a reply waits for nobody. Every few seconds one call
is let through to try; its answer closes the breaker. Plain arithmetic, no task and no
lock of its own: calls of several threads may at worst try twice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Opens after `failures` attempts in a row that the service did not answer well.

    In a row: a service that answers some of its calls is slow, not away. While open,
    one call in `probe_every` seconds passes. `heard` is called when it closes again.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        probe_every: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        heard: Callable[[], None] | None = None,
    ) -> None:
        self._limit = failures
        self._probe_every = probe_every
        self._clock = clock
        self.heard = heard
        self._failures = 0
        self._probe_at = math.inf
        self._probing = False

    @property
    def state(self) -> State:
        """`half-open` while the call that tries is under way."""
        if self._failures < self._limit:
            return "closed"
        return "half-open" if self._probing else "open"

    @property
    def probe_due(self) -> bool:
        """Whether the next call would be let through to try."""
        return self._failures >= self._limit and self._clock() >= self._probe_at

    def admits(self) -> bool:
        """Whether a call may be made now; every call that is made reports its end."""
        if self._failures < self._limit:
            return True
        if self._clock() < self._probe_at:
            return False
        # Also the limit of a try that never reports back.
        self._probe_at = self._clock() + self._probe_every
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The service answered, if only to refuse."""
        was_open = self._failures >= self._limit
        self._failures, self._probing, self._probe_at = 0, False, math.inf
        if was_open and self.heard is not None:
            self.heard()

    def failed(self) -> None:
        """No answer came, or one that says the service is in trouble."""
        self._failures += 1
        self._probing = False
        if self._failures >= self._limit:
            self._probe_at = self._clock() + self._probe_every
