"""The site as it really runs: web server and job worker, each a process, one database.

A site's database is a copy of a migrated and seeded one that a run makes once.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness import database
from tests.harness.processes import Process, free_port, run

TEMPLATE = "site_template"
GENEROUS = {
    "TURNS_PER_MINUTE": "10000",
    "TOKENS_PER_DAY": "100000000",
    "STREAMS_AT_ONCE": "50",
    "GUEST_TURNS_PER_MINUTE": "10000",
    "GUEST_TOKENS_PER_DAY": "100000000",
    "GUEST_STREAMS_AT_ONCE": "50",
    "GUESTS_PER_HOUR": "100000",
    "LEARN_GRACE_S": "0",
    "MEMORY_PROBE_S": "2",
    # Loaded test machines miss the 400 ms now and then; tests of the deadline set it.
    "RECALL_DEADLINE_MS": "5000",
    "UNDO_S": "30",  # and reload a page slowly
    "LOG_LEVEL": "INFO",
}


@dataclass
class Site:
    """A running site. `env` is what its processes got on top of the test defaults."""

    url: str
    env: dict[str, str]
    var_dir: Path
    web: Process
    worker: Process

    @property
    def database_url(self) -> str:
        """The site's own database."""
        return self.env["DATABASE_URL"]

    @property
    def socket_url(self) -> str:
        """Where its sockets are."""
        return self.url.replace("http://", "ws://")

    def rows(self, query: str, *values: Any) -> Sequence[dict[str, Any]]:
        """What the site's database answers to `query`."""
        return database.rows(self.database_url, query, *values)

    def manage(self, *arguments: str) -> str:
        """Run a management command against this site; returns what it wrote."""
        name = f"manage-{arguments[0]}-{uuid.uuid4().hex[:6]}"
        return run(
            name, "manage.py", *arguments, env=self.env, log_dir=self.web.log.parent
        )

    def restart_web(self) -> None:
        """Start the web server again after `web.stop()` or `web.kill()`."""
        self.web.start()
        self.web.wait_for(f"{self.url}/healthz")


@contextmanager
def running_site(name: str, *, database_url: str = "", **env: str) -> Iterator[Site]:
    """A site of its own; `env` overrides settings. Given a database, it is migrated."""
    log_dir = run_dir() / f"{name}-{os.getpid()}-{uuid.uuid4().hex[:4]}"
    var_dir = log_dir / "var"
    if database_url:
        var_dir.mkdir(parents=True)
        _prepare(_environment(database_url, var_dir, {}), log_dir)
        url = database_url
    else:
        shutil.copytree(site_template(), var_dir)
        url = database.create_database(template=TEMPLATE, prefix="site")
    settings = _environment(url, var_dir, env)
    try:
        with _processes(name, settings, log_dir) as site:
            yield site
    finally:
        if not database_url:
            database.drop_database(url)


@contextmanager
def _processes(name: str, settings: dict[str, str], log_dir: Path) -> Iterator[Site]:
    port = free_port()
    settings = settings | {"HOST": "127.0.0.1", "PORT": str(port)}
    web = Process(f"{name}-web", ["manage.py", "web"], env=settings, log_dir=log_dir)
    try:
        worker = Process(
            f"{name}-worker", ["manage.py", "worker"], env=settings, log_dir=log_dir
        )
        try:
            url = f"http://127.0.0.1:{port}"
            web.wait_for(f"{url}/healthz")
            yield Site(url, settings, Path(settings["VAR_DIR"]), web, worker)
        finally:
            worker.stop()
    finally:
        web.stop()


def run_dir() -> Path:
    """Where this test run keeps its files."""
    return Path(os.environ["VAR_DIR"]).parent


def _environment(url: str, var_dir: Path, env: Mapping[str, str]) -> dict[str, str]:
    return {**GENEROUS, "DATABASE_URL": url, "VAR_DIR": str(var_dir), **env}


def site_template() -> Path:
    """Make the template database and VAR_DIR unless this run has them; returns it."""
    home = run_dir() / "site-template"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other workers of the run wait here
        if not (home / "ready").exists():
            database.execute(database.server_url(), f"CREATE DATABASE {TEMPLATE}")
            url = database.with_database(database.server_url(), TEMPLATE)
            _prepare(_environment(url, home / "var", {}), home)
            (home / "ready").touch()
    return home / "var"


def _prepare(env: dict[str, str], log_dir: Path) -> None:
    run("prepare", "-m", "tests.harness.prepare", env=env, log_dir=log_dir)
