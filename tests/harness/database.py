"""One throw-away PostgreSQL for a test run, and databases in it.

`tests/conftest.py` starts it once; the workers of a parallel run share it, each with
databases of its own. Durability is switched off: nothing in it outlives the run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

if TYPE_CHECKING:
    from embedded.postgres_files import ServerFiles

SETTINGS = {
    **dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off"),
    # Several sites at once, each with the pools of its web server and its worker.
    "max_connections": "400",
}


@contextmanager
def run_directory() -> Iterator[Path]:
    """A directory for everything the run writes, removed at its end."""
    directory = Path(tempfile.mkdtemp(prefix="anchorage-tests-"))
    directory.chmod(0o755)  # as root, the server runs as a user of its own below it
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def throwaway_server(directory: Path) -> Iterator[str]:
    """Address of the `postgres` database of a fresh server below `directory`."""
    from embedded.postgres import EmbeddedPostgres
    from embedded.postgres_cluster import server_command

    def with_settings(files: ServerFiles) -> list[str]:
        words = server_command(files)
        for name, value in SETTINGS.items():
            words += ["-c", f"{name}={value}"]  # the last one counts
        return words

    with ExitStack() as stack:
        # Only for this one: tests of the embedded server start others in this process.
        with patch("embedded.postgres.server_command", with_settings):
            server = stack.enter_context(EmbeddedPostgres(directory))
        yield server.uri


def with_database(url: str, name: str) -> str:
    """`url` with another database name."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def create_database(*, template: str = "template1", prefix: str = "t") -> str:
    """Address of a new database on the run's server, a copy of `template`."""
    name = f"{prefix}_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    execute(server_url(), statement)
    return with_database(server_url(), name)


def drop_database(url: str) -> None:
    """Remove a database together with whoever is still connected."""
    name = urlsplit(url).path.lstrip("/")
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    execute(server_url(), statement.format(sql.Identifier(name)))


def server_url() -> str:
    """The maintenance database of the run's server."""
    return with_database(os.environ["DATABASE_URL"], "postgres")


def execute(url: str, statement: str | sql.Composed) -> None:
    """Run one statement outside a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def rows(url: str, query: str, *values: Any) -> Sequence[dict[str, Any]]:
    """What `query` answers, one dict a row."""
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        return connection.execute(query, values).fetchall()
