"""The database as a file: PostgreSQL's own programs, from the wheel we bring.

Used by `chatapp.operations.backup`, with the embedded server or any other.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from chatapp import wiring

# What another connection has prepared names tables and types that are no more.
END_THE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user
  AND pid <> pg_backend_pid()
"""

# Newer programs say this to older servers, which do not know it.
UNKNOWN_TO_OLDER_SERVERS = b"SET transaction_timeout = 0;\n"
ALREADY_THERE = b"CREATE SCHEMA public;\n"
PREPARE = b"""\
SET lock_timeout = '15s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""


class DumpFailed(Exception):
    """One of PostgreSQL's programs failed; the text is what it said."""


def save(target: Path) -> None:
    """Write the whole database to `target`. Raises DumpFailed."""
    _run(
        "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "-f", str(target)
    )


def readable(source: Path) -> bool:
    """Whether `source` is a dump that can be read to its end."""
    try:
        _run("pg_restore", "-f", os.devnull, str(source))
    except DumpFailed:
        return False
    return True


def load(source: Path) -> None:
    """Replace the database's contents by those of `source`, in one transaction.

    Whoever is connected has to connect anew. Raises DumpFailed, also when somebody uses
    the tables for longer than 15 seconds; the contents are then as before.
    """
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.sql"
        fitting = Path(folder) / "fitting.sql"
        _run(
            "pg_restore", "--no-owner", "--no-privileges", "-f", str(whole), str(source)
        )
        with whole.open("rb") as lines, fitting.open("wb") as kept:
            kept.write(PREPARE)
            kept.writelines(
                line
                for line in lines
                if line not in {UNKNOWN_TO_OLDER_SERVERS, ALREADY_THERE}
            )
        hang_up()
        _run(
            *("psql", "--no-psqlrc", "--quiet", "--output", os.devnull),
            *("--set", "ON_ERROR_STOP=1", "--single-transaction", "-f", str(fitting)),
        )
    _run("psql", "--no-psqlrc", "--output", os.devnull, "-c", END_THE_OTHERS)


def hang_up() -> None:
    """Close this process's connections to the database, those of its pool too."""
    database = connections[DEFAULT_DB_ALIAS]
    assert isinstance(database, DatabaseWrapper)
    database.close()
    database.close_pool()


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(wiring.postgres_programs() / program), *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"{program}: {done.stderr.strip()}"
        raise DumpFailed(msg)


def _environment() -> dict[str, str]:
    """How to connect; the environment, so that no password stands in a process list."""
    where = connections[DEFAULT_DB_ALIAS].settings_dict
    options = where["OPTIONS"]
    wanted = {
        "PGHOST": where["HOST"],
        "PGPORT": where["PORT"],
        "PGUSER": where["USER"],
        "PGPASSWORD": where["PASSWORD"],
        "PGDATABASE": where["NAME"],
        **{
            f"PG{name.upper()}": str(options[name])
            for name in ("sslmode", "sslrootcert", "sslcert", "sslkey")
            if name in options
        },
    }
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith("PG")
    }
    return kept | {name: str(text) for name, text in wanted.items() if text}
