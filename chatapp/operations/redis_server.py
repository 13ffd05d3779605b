"""A Redis of the demo's own, for several web processes on one machine.

`choose` finds the program and an address; `python -m chatapp.operations.redis_server`
runs it there and ends it with the supervisor. It keeps nothing: what travels through it
is also in the database. No Django here, so that it starts at once and stays small.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from chatapp.operations import lifeline

ADDRESS = "REDIS_URL"
SOCKET_PATH_BYTES = 100
"""What fits into the address of a Unix socket everywhere."""
MEGABYTES = 64
HOW_TO_INSTALL = (
    "Install one (Debian, Ubuntu: apt install redis-server; macOS: brew install redis),"
    " or set REDIS_URL."
)
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class NoRedis(Exception):
    """There is no redis-server on this machine."""


def choose(var_dir: Path) -> str:
    """An address for a server of our own. Raises NoRedis."""
    if shutil.which("redis-server") is None:
        msg = f"No redis-server was found. {HOW_TO_INSTALL}"
        raise NoRedis(msg)
    path = socket_path(var_dir)
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return f"unix://{quote(str(path))}"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Others on this machine can reach a port, so it has a password.
    return f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{port}"


def socket_path(var_dir: Path) -> Path:
    """Where its socket is, if that is not too long a path."""
    return var_dir / "redis.sock"


def configuration(url: str) -> str:
    """The server's configuration for this address of ours."""
    parts = urlsplit(url)
    lines: list[Sequence[object]] = [
        ("save", '""'),
        ("appendonly", "no"),
        ("loglevel", "warning"),
        ("maxmemory", f"{MEGABYTES}mb"),
        ("maxmemory-policy", "allkeys-lru"),
    ]
    if parts.scheme == "unix":
        path = json.dumps(unquote(parts.path), ensure_ascii=False)
        lines += [("port", 0), ("unixsocket", path)]
        lines += [("unixsocketperm", 700)]
    else:
        lines += [("bind", parts.hostname), ("port", parts.port)]
        lines += [("requirepass", parts.password)]
    return "".join(f"{name} {value}\n" for name, value in lines)


def main() -> None:
    """Run the server until it ends or is told to."""
    server = subprocess.Popen(
        ["redis-server", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 -- one prepared call
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.terminate())
    lifeline.hold_on()
    assert server.stdin is not None
    # By its standard input: a command line with a password is for all to see.
    server.stdin.write(configuration(os.environ[ADDRESS]).encode())
    server.stdin.close()
    sys.exit(server.wait())


def _end_with_parent() -> None:
    """On Linux it also ends when this program is killed."""
    if LIBC is not None:
        LIBC.prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    main()
