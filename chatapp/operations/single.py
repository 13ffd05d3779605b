"""One site per VAR_DIR: a second `make demo` says so instead of starting a second worker.

Two locks. The supervisor's own says that a site runs. The other is passed on to its
programs and is free when the last of them has ended, which after a kill -9 of the
supervisor takes them a moment.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

LEFTOVERS_END_WITHIN_S = 15.0
LOOK_EVERY_S = 0.05


class AlreadyRunning(Exception):
    """A site runs with this VAR_DIR."""


def claim(var_dir: Path) -> int:
    """Take both locks; returns the one to pass on to the programs.

    Raises AlreadyRunning. The locks last until this process and its programs have ended.
    """
    locks = var_dir / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    if not _take(_opened(locks / "site")):
        msg = f"Anchorage is already running with the data in {var_dir}."
        raise AlreadyRunning(msg)
    programs = _opened(locks / "programs")
    deadline = time.monotonic() + LEFTOVERS_END_WITHIN_S
    while not _take(programs):
        if time.monotonic() > deadline:
            msg = f"Programs of an earlier run still use {var_dir}. End them first."
            raise AlreadyRunning(msg)
        time.sleep(LOOK_EVERY_S)
    return programs


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
