"""How Python runs in a process that serves: garbage, and turns of its threads.

By default every seven hundred new containers are looked through, and now and then all
that was ever imported: tens of milliseconds in which nobody's word goes on. And a
thread that computes gives way every five milliseconds: the event loop, through which
every word passes, waited that long each time a page was rendered beside it.
"""

from __future__ import annotations

import gc
import sys

YOUNG = 10_000
"""New containers before the youngest are looked through."""
SWITCH_S = 0.0005


def serve() -> None:
    """Leave what exists now alone, look at new objects less often, give way sooner."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
    sys.setswitchinterval(SWITCH_S)
