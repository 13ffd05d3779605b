"""Where the embedded PostgreSQL keeps its data, its socket, its log and its locks.

Read by `embedded.postgres`, by the keeper process and by the settings, so that all
three compute the same paths. Standard library only: the keeper stays small.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PORT = 5432  # only names the socket file; nothing listens on a network port

# A Unix socket's path holds 107 bytes on Linux and 103 on macOS and the BSDs.
SOCKET_PATH_BYTES = 103
# These mean something in PostgreSQL's list of directories or in a connection string.
SPECIAL_CHARACTERS = frozenset(",\"'\\@")


@dataclass(frozen=True)
class ServerFiles:
    """The files of the one server that belongs to `var_dir` (an absolute path)."""

    var_dir: Path

    @property
    def data(self) -> Path:
        """The cluster; belongs to the account that the server runs as."""
        return self.var_dir / "postgres"

    @property
    def sockets(self) -> Path:
        """The directory that holds the socket."""
        return socket_directory(self.var_dir)

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.var_dir / "postgres.log"

    @property
    def users_lock(self) -> Path:
        """Shared by everyone who needs the server; exclusive while it is stopped."""
        return self.var_dir / "locks" / "postgres.users"

    @property
    def keeper_lock(self) -> Path:
        """Exclusive for as long as a keeper process lives."""
        return self.var_dir / "locks" / "postgres.keeper"

    @property
    def start_lock(self) -> Path:
        """Exclusive while one process starts the server or repairs its leftovers."""
        return self.var_dir / "locks" / "postgres.start"

    @property
    def name(self) -> str:
        """The cluster's name: PostgreSQL shows it in the title of each of its processes."""
        return f"anchorage-{_fingerprint(self.data)}"


def socket_directory(var_dir: Path) -> Path:
    """`var_dir`/run, or a short directory of the system's when that path cannot be used.

    Too long a path does not fit into a socket's address; a comma would read as two
    directories.
    """
    wished = var_dir / "run"
    length = len(os.fsencode(wished / f".s.PGSQL.{PORT}"))
    if length <= SOCKET_PATH_BYTES and not SPECIAL_CHARACTERS & set(str(wished)):
        return wished
    return Path(tempfile.gettempdir()) / f"anchorage-{_fingerprint(var_dir)}"


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
