"""A throw-away Redis on a Unix socket: started, killed and started again at will."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.harness.processes import end_with_parent
from tests.harness.waiting import blocking_until

PROGRAM = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(PROGRAM is None, reason="no redis-server here")


class RedisServer:
    """One server; `url` stays the same over `kill` and `start`."""

    def __init__(self, directory: Path) -> None:
        self._socket = directory / "redis.sock"
        self.url = f"unix://{self._socket}"
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        assert PROGRAM is not None
        words = [PROGRAM, "--port", "0", "--unixsocket", str(self._socket)]
        self._popen = subprocess.Popen(
            [*words, "--save", "", "--appendonly", "no", "--loglevel", "warning"],
            cwd=self._socket.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 -- one prepared call
        )
        blocking_until(self._answers, "Redis answers", within=30)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    def kill(self) -> None:
        """End it at once."""
        self._popen.kill()
        self._popen.wait()

    def _answers(self) -> bool:
        with suppress(RedisError), Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """A server with nothing in it, gone without a trace afterwards."""
    with TemporaryDirectory(prefix="anchorage-redis-") as directory:
        server = RedisServer(Path(directory))
        try:
            yield server
        finally:
            server.kill()
