"""The embedded memory service as a process of its own, with its own database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness import database
from tests.harness.processes import Process, free_port, run
from tests.harness.site import TEMPLATE, run_dir, site_template

WORKSPACE = "tests"


@dataclass
class MaasServer:
    """A running memory service."""

    url: str
    key: str
    database_url: str
    process: Process

    @property
    def log_dir(self) -> Path:
        """Where its processes write what they say."""
        return self.process.log.parent

    @property
    def env(self) -> dict[str, str]:
        """The settings that point a site at it."""
        return {
            "MAAS_BASE_URL": self.url,
            "MAAS_API_KEY": self.key,
            "MAAS_WORKSPACE_ID": WORKSPACE,
        }

    def rows(self, query: str, *values: Any) -> Sequence[dict[str, Any]]:
        """What the service's own database answers."""
        return database.rows(self.database_url, query, *values)

    def restart(self) -> None:
        """Start it again where it was."""
        self.process.start()
        self.process.wait_for_socket(self.url)

    @contextmanager
    def another(self) -> Iterator[str]:
        """The address of one more process of this service, on the same database."""
        port = free_port()
        process = Process(
            f"maas-{port}", _command(port), env=self.process.env, log_dir=self.log_dir
        )
        try:
            url = f"http://127.0.0.1:{port}"
            process.wait_for_socket(url)
            yield url
        finally:
            process.stop()


@contextmanager
def running_maas() -> Iterator[MaasServer]:
    """A memory service on a free port, with one key for one workspace."""
    site_template()
    url = database.create_database(template=TEMPLATE, prefix="maas")
    port = free_port()
    log_dir = run_dir() / f"maas-{port}"
    log_dir.mkdir()
    env = {"DATABASE_URL": url, "VAR_DIR": str(log_dir)}
    key = _issue_key(env, log_dir)
    process = Process(f"maas-{port}", _command(port), env=env, log_dir=log_dir)
    try:
        server = MaasServer(f"http://127.0.0.1:{port}", key, url, process)
        process.wait_for_socket(server.url)
        yield server
    finally:
        process.stop()
        database.drop_database(url)


def _command(port: int) -> list[str]:
    return ["-m", "uvicorn", "embedded.maas.asgi:application", "--port", str(port)]


def _issue_key(env: dict[str, str], log_dir: Path) -> str:
    told = run("key", "manage.py", "maas_key", WORKSPACE, env=env, log_dir=log_dir)
    found = re.search(r"mk_maas_\S+", told)
    assert found, told
    return found[0]
