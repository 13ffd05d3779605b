"""How a process notices that its supervisor is gone, kill -9 included.

The supervisor holds the write end of each program's standard input and never writes.
When it dies, however it dies, the kernel closes that end, and the program reads an end
of file. Started with `--supervised`, `manage.py web` and `manage.py worker` call this.
"""

from __future__ import annotations

import os
import signal
import threading
import time

STANDARD_INPUT = 0
GRACE_S = 3.0  # the next start may be waiting for our port


def hold_on(grace: float = GRACE_S) -> None:
    """From now on, end with the supervisor: politely, and after `grace` seconds surely."""
    threading.Thread(target=_watch, args=(grace,), daemon=True).start()


def _watch(grace: float) -> None:
    while os.read(STANDARD_INPUT, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os._exit(1)
