"""The embedded memory service as it really runs: its own PostgreSQL, its own process.

The database has its usual, safe settings; the service is the ASGI application that the
site serves at /v1, alone under uvicorn.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from bench.caller import Caller
from embedded.postgres import EmbeddedPostgres
from tests.harness.processes import Process, free_port, run

WORKSPACE = "bench"


@dataclass(frozen=True)
class MemoryService:
    """A migrated database with one key, on which services are started."""

    database: str
    key: str
    env: dict[str, str]
    directory: Path

    @contextmanager
    def serving(self, **settings: object) -> Iterator[tuple[Process, str]]:
        """A service process and its address, with settings of its own."""
        port = str(free_port())
        url = f"http://127.0.0.1:{port}"
        command = ["-m", "uvicorn", "embedded.maas.asgi:application", "--port", port]
        process = Process(
            f"maas-{port}",
            [*command, "--no-access-log", "--log-level", "warning"],
            env={**self.env, **{name: str(value) for name, value in settings.items()}},
            log_dir=self.directory,
        )
        try:
            process.wait_for_socket(url)
            yield process, url
        finally:
            process.stop()

    def caller(self, url: str) -> Caller:
        """A new connection to a service, with the key."""
        return Caller(url, self.key, WORKSPACE)

    def rows(self, statement: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """What a statement answers on the service's database."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def memory_service() -> Iterator[MemoryService]:
    """A database of its own, gone without a trace afterwards."""
    with tempfile.TemporaryDirectory(
        prefix="anchorage-bench-", ignore_cleanup_errors=True
    ) as made:
        directory = Path(made)
        directory.chmod(0o755)  # as root, the database runs as a user of its own
        env = {"VAR_DIR": str(directory / "var")}
        with EmbeddedPostgres(directory / "var") as server:
            run("migrate", "manage.py", "migrate", env=env, log_dir=directory)
            told = run(
                *("key", "manage.py", "maas_key", WORKSPACE), env=env, log_dir=directory
            )
            found = re.search(r"mk_maas_\S+", told)
            assert found, told
            yield MemoryService(server.uri, found[0], env, directory)
