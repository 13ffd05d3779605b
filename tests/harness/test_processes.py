"""The ground that the scenarios stand on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.harness import database
from tests.harness.debian_postgres import installed, running_postgres_15
from tests.harness.processes import PROJECT, Process, free_port, run
from tests.harness.waiting import blocking_until


def test_a_process_is_waited_for_and_ended(tmp_path: Path) -> None:
    port = free_port()
    command = ["-m", "http.server", str(port), "--bind", "127.0.0.1"]
    process = Process("pages", command, env={}, log_dir=tmp_path)
    process.wait_for(f"http://127.0.0.1:{port}/")
    assert "GET /" in process.tail()
    process.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_a_process_that_ends_too_early_shows_its_log(tmp_path: Path) -> None:
    process = Process(
        "broken", ["-c", "raise OSError(7, 'x')"], env={}, log_dir=tmp_path
    )
    with pytest.raises(AssertionError, match="OSError"):
        process.wait_for("http://127.0.0.1:9/")
    process.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such call")
def test_a_process_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    parent = (
        "import os, pathlib, signal; from tests.harness.processes import Process;"
        "p = Process('child', ['-c', 'import time; time.sleep(60)'], env={},"
        f" log_dir=pathlib.Path({str(tmp_path)!r}));"
        "print(p.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    child = int(done.stdout)
    blocking_until(lambda: not psutil.pid_exists(child), "the child has ended")


def test_a_command_that_fails_shows_what_it_wrote(tmp_path: Path) -> None:
    assert "fine" in run("good", "-c", "print('fine')", env={}, log_dir=tmp_path)
    with pytest.raises(AssertionError, match="no good"):
        run("bad", "-c", "raise SystemExit('no good')", env={}, log_dir=tmp_path)


def test_a_process_gets_only_the_environment_it_was_given(tmp_path: Path) -> None:
    told = run(
        "env",
        "-c",
        "import os; print(sorted(os.environ))",
        env={"A": "1"},
        log_dir=tmp_path,
    )
    assert "'A'" in told
    assert "DATABASE_URL" not in told
    assert "VAR_DIR" not in told


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="runs without a database")
def test_a_database_of_its_own_is_made_and_dropped() -> None:
    url = database.create_database()
    assert database.rows(url, "SELECT 1 AS one") == [{"one": 1}]
    database.drop_database(url)
    name = url.partition("?")[0].rpartition("/")[2]
    query = "SELECT 1 FROM pg_database WHERE datname = %s"
    assert database.rows(database.server_url(), query, name) == []


@pytest.mark.skipif(not installed(), reason="no Debian package postgresql-15")
def test_a_postgresql_15_answers_over_tcp() -> None:
    with running_postgres_15() as url:
        (row,) = database.rows(url, "SHOW server_version_num")
        assert row["server_version_num"].startswith("15")
