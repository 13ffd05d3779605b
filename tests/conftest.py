"""Before any test: a throw-away PostgreSQL, settings of the run, loopback only.

Imports no Django by itself: `pytest -p no:django tests/memory` runs without it.
The settings module is named here and not in the configuration file, because it is
read as soon as it is named, and the database's address must stand before.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.harness.processes import Process

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
# What a developer may have set for the real site, and no test may use.
NOT_FOR_TESTS = (
    *("OPENAI_API_KEY", "OPENAI_BASE_URL", "CHAT_MODEL", "EXTRACT_MODEL"),
    *("EMBEDDING_MODEL", "MAAS_BASE_URL", "MAAS_API_KEY", "MAAS_WORKSPACE_ID"),
    *("MAAS_SERVICE_SOURCE", "REDIS_URL", "PUBLIC_URL", "ALLOWED_HOSTS", "DEBUG"),
)
log_sizes = pytest.StashKey[dict[Path, int]]()

pytest_plugins = ["tests.harness.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's database and name the settings, unless Django is left out."""
    config.addinivalue_line("markers", "browser: drives a real Chromium")
    config.addinivalue_line("markers", "processes: starts the site as real processes")
    if config.getoption("help") or not config.pluginmanager.hasplugin("django"):
        return
    for name in NOT_FOR_TESTS:
        os.environ.pop(name, None)
    if not hasattr(config, "workerinput"):  # workers inherit the environment
        _start_database(config)
        _name_settings()
    config.pluginmanager.import_plugin("tests.harness.in_process")


def _name_settings() -> None:
    from django.conf import settings

    if settings.configured:
        msg = "Django's settings were read before tests/conftest.py could prepare them."
        raise pytest.UsageError(msg)
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatapp.settings"
    _ = settings.DATABASES  # pytest-django sets Django up once they are read


def _start_database(config: pytest.Config) -> None:
    from tests.harness.database import (
        run_directory,
        throwaway_server,
        with_database,
    )

    signal.signal(signal.SIGTERM, _end_the_run)
    # A run under nohup ignores hang-ups, and so would the processes that get one here.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    resources = ExitStack()
    config.add_cleanup(resources.close)
    run_dir = Path(resources.enter_context(run_directory()))
    os.environ["VAR_DIR"] = str(run_dir / "var")
    if "DATABASE_URL" not in os.environ:
        url = resources.enter_context(throwaway_server(run_dir))
        os.environ["DATABASE_URL"] = with_database(url, "anchorage")
        # The whole server goes; dropping its databases first takes time, and fails
        # when a busy machine is slow to end a connection.
        config.option.reuse_db = True


def _end_the_run(*_: object) -> None:
    raise KeyboardInterrupt  # tidies up and still shows what failed so far


@pytest.fixture(autouse=True)
def _loopback_only(request: pytest.FixtureRequest) -> None:
    """No test reaches the network; a marker or fixture of pytest-socket still wins."""
    if request.config.pluginmanager.hasplugin("socket"):
        from pytest_socket import socket_allow_hosts

        socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remember where each process's log stood when the test began."""
    item.stash[log_sizes] = {p.log: p.log.stat().st_size for p in Process.running}
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Show with a failure what the processes wrote during the test."""
    report: Any = yield
    if report.failed:
        for process in Process.running:
            text = process.tail(item.stash[log_sizes].get(process.log, 0))
            if text:
                report.sections.append((f"log of {process.name}", text))
    return report
