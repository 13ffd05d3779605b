"""A clock that jumps: what web server and worker take for the time of day.

`Clock` belongs to the test, `follow` runs in the processes before anything else of
theirs. Only the time of day jumps, as when it is set or a laptop was asleep; the clock
that time-outs use goes on evenly, as the system's does then.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

AHEAD = struct.Struct("d")


class Clock:
    """Seconds that the processes are ahead of everybody else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(AHEAD.pack(0.0))

    def jump(self, ahead_s: float) -> None:
        """Be so far ahead from now on; negative is behind."""
        with self.path.open("r+b") as file:
            file.write(AHEAD.pack(ahead_s))


def follow(path: Path) -> None:
    """Let this process's time of day follow that file, wherever it is asked for."""
    from django.utils import timezone

    with path.open("rb") as file:
        shared = mmap.mmap(file.fileno(), AHEAD.size, prot=mmap.PROT_READ)
    own_time, own_now = time.time, timezone.now

    def ahead() -> float:
        seconds: float = AHEAD.unpack(shared[:])[0]
        return seconds

    def jumped_now() -> datetime:
        return own_now() + timedelta(seconds=ahead())

    def jumped_time() -> float:
        return own_time() + ahead()

    patches: tuple[tuple[object, str, Callable[[], object]], ...] = (
        (timezone, "now", jumped_now),
        (time, "time", jumped_time),
    )
    for module, name, function in patches:
        setattr(module, name, function)
    _follow_jobs(ahead)


def _follow_jobs(ahead: Callable[[], float]) -> None:
    """The job library has a clock of its own, for when a job is due."""
    from procrastinate import utils

    own = utils.utcnow

    def jumped() -> datetime:
        return own() + timedelta(seconds=ahead())

    setattr(utils, "utcnow", jumped)  # noqa: B010 -- a patch
