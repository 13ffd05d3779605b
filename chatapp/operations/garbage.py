"""Python's cycle collector in a process that serves: what stays is not looked at again.

By default every seven hundred new containers are looked through, and now and then all
that was ever imported: tens of milliseconds in which nobody's word goes on.
"""

from __future__ import annotations

import gc

YOUNG = 10_000
"""New containers before the youngest are looked through."""


def rest() -> None:
    """Leave all that exists now alone, and look at new objects less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
