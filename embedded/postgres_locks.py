"""File locks by which processes agree on who starts, uses and keeps the server.

`flock` locks: the kernel releases them when their holder ends, however it ends. Used by
`embedded.postgres`.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_EVERY_S = 0.02


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the text says why and what to do."""


def wait_until(done: Callable[[], bool], timeout: float) -> None:
    """Return when `done` is true. Raises EmbeddedPostgresError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not done():
        if time.monotonic() > deadline:
            msg = (
                f"The embedded PostgreSQL did not settle within {timeout:.0f} seconds."
            )
            raise EmbeddedPostgresError(msg)
        time.sleep(LOOK_EVERY_S)


@contextmanager
def exclusive(path: Path, timeout: float) -> Iterator[None]:
    """Hold `path` alone for the length of the block."""
    handle = _locked(path, fcntl.LOCK_EX, timeout)
    try:
        yield
    finally:
        os.close(handle)


def shared(path: Path, timeout: float) -> int:
    """Hold `path` together with others, until the returned handle is closed."""
    return _locked(path, fcntl.LOCK_SH, timeout)


def held_alone(path: Path) -> bool:
    """Whether somebody holds `path` exclusively at this moment."""
    if not path.exists():
        return False
    handle = _open(path)
    try:
        return not _try(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def is_last(handle: int) -> bool:
    """Whether nobody but `handle`, from `shared`, and one waiting keeper holds the file.

    Asking may lose the hold: close the handle afterwards.
    """
    if _try(handle, fcntl.LOCK_EX):
        return True
    # No luck either because of other holders, or because the keeper took the file in the
    # instant in which the kernel turned one kind of lock into the other.
    return not _try(handle, fcntl.LOCK_SH)


def _locked(path: Path, kind: int, timeout: float) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _open(path)
    try:
        wait_until(lambda: _try(handle, kind), timeout)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
