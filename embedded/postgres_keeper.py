"""The process that owns the embedded PostgreSQL, one for each data directory.

Started by `embedded.postgres` as a script, in a session of its own, so that neither
Ctrl-C nor a closed terminal reaches the server before those who use it have ended.
It runs the server as its child and stops it as soon as nobody holds the users' lock:
the kernel gives that lock back however its holders died, kill -9 included.

Standard library only, and never imported by the site.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

FAST_SHUTDOWN_S = 30  # then the server is told to stop without tidying up
LINUX_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>


def main(users_lock: str, keeper_lock: str, owner: str, command: list[str]) -> int:
    """Run `command` until its users are gone; returns its exit code.

    `owner` is "uid:gid" of the account to run it as, or empty for this one.
    """
    kept = _open(keeper_lock)
    try:
        fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0  # another keeper was quicker
    uid, gid = map(int, owner.split(":")) if owner else (None, None)
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=sys.stderr,
        preexec_fn=end_with_parent,  # noqa: PLW1509 -- no thread runs yet in this process
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        user=uid,
        group=gid,
        extra_groups=None if gid is None else [],
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Asked to go itself, the keeper takes the server along.
        signal.signal(number, lambda *_: server.send_signal(signal.SIGINT))
    threading.Thread(
        target=_stop_when_unused, args=(server, _open(users_lock)), daemon=True
    ).start()
    return server.wait()


def end_with_parent() -> None:
    """On Linux, ask the kernel to stop this process when its parent dies.

    SIGINT is PostgreSQL's fast shutdown. Other systems have no such call; there a server
    without its keeper goes on until the next start, which stops it first.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(LINUX_SET_PARENT_DEATH_SIGNAL, signal.SIGINT, 0, 0, 0)


def _stop_when_unused(server: subprocess.Popen[bytes], users: int) -> None:
    fcntl.flock(users, fcntl.LOCK_EX)  # waits for the last user, and keeps new ones out
    server.send_signal(signal.SIGINT)
    try:
        server.wait(FAST_SHUTDOWN_S)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


if __name__ == "__main__":
    os.umask(0o077)
    os.chdir(Path(sys.argv[1]).anchor)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
