"""How many frames a socket may send: far more than a page needs, too few to harm."""

from __future__ import annotations

import time

BURST = 60
PER_SECOND = 10.0


class Allowance:
    """A bucket of `BURST` frames that fills again with `PER_SECOND`."""

    def __init__(self) -> None:
        self._left = float(BURST)
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more frame may be answered."""
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
