"""A PostgreSQL 15 from Debian's packages, in a temporary directory.

It refuses to run as root, so as root it runs as another user: Debian's `postgres`,
else `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.harness.processes import end_with_parent, free_port
from tests.harness.waiting import blocking_until

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def installed() -> bool:
    """Whether Debian's package postgresql-15 is on this machine."""
    return (PROGRAMS / "initdb").exists()


@contextmanager
def running_postgres_15() -> Iterator[str]:
    """Address of its database `postgres`, over TCP and with a password."""
    home = Path(tempfile.mkdtemp(prefix="anchorage-pg15-"))
    try:
        user = _user()
        if user:
            shutil.chown(home, user)
        secret = home / "password"
        secret.write_text("quay", encoding="ascii")
        secret.chmod(0o644)
        data = home / "data"
        _run(
            user,
            *("initdb", "-D", str(data), "-U", "harbour", "--auth=scram-sha-256"),
            *("--pwfile", str(secret), "--encoding=UTF8", "--no-sync"),
            *("--locale=C.UTF-8", "--no-instructions"),
        )
        port = free_port()
        url = f"postgresql://harbour:quay@127.0.0.1:{port}/postgres"
        server = subprocess.Popen(
            [
                *(str(PROGRAMS / "postgres"), "-D", str(data), "-p", str(port)),
                *("-h", "127.0.0.1", "-k", str(home), "-c", "fsync=off"),
            ],
            user=user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 -- one prepared call
        )
        try:
            blocking_until(lambda: _answers(url), "PostgreSQL 15 answers", within=30)
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # waits for no client
            server.wait(20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(user: str | None, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(PROGRAMS / program), *arguments],
        user=user,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
