"""The embedded PostgreSQL, for real: it starts, is shared, stops, and survives kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from embedded.postgres import EmbeddedPostgres, EmbeddedPostgresError
from embedded.postgres_files import (
    PORT,
    SOCKET_PATH_BYTES,
    ServerFiles,
    socket_directory,
)

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from embedded.postgres import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1])).start()
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A started server of its own, stopped afterwards whatever the test did."""
    held = EmbeddedPostgres(tmp_path)
    held.start()
    yield held
    held.stop()


def value(server: EmbeddedPostgres, query: str) -> str:
    with psycopg.connect(server.uri) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def processes(server: EmbeddedPostgres) -> list[psutil.Process]:
    """The server's living processes."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if process.status() != psutil.STATUS_ZOMBIE and any(
                server.files.name in word for word in words
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def postmaster(server: EmbeddedPostgres) -> int:
    first_line = (server.files.data / "postmaster.pid").read_text().splitlines()[0]
    return int(first_line)


def eventually(done: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def holder(var_dir: Path) -> subprocess.Popen[str]:
    """Another process that holds the server."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(var_dir)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_it_starts_answers_and_stops(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        assert value(server, "show server_version").startswith("18")
        assert value(server, "show fsync") == "on"
        assert value(server, "show listen_addresses") == ""
        assert server.running()
    assert not server.running()
    assert processes(server) == []


def test_a_second_start_keeps_the_data(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.uri) as connection:
        connection.execute("create table kept as select 7 as n")
    server.stop()
    server.start()
    assert value(server, "select n from kept") == "7"


def test_the_log_names_an_error_and_quotes_nothing_said(
    server: EmbeddedPostgres,
) -> None:
    with psycopg.connect(server.uri) as connection:
        connection.execute("create table said (text varchar(5) unique)")
        connection.execute("insert into said values ('quiet')")
    for text in ("quiet", "whispered"):
        with (
            pytest.raises(psycopg.DataError if text == "whispered" else psycopg.Error),
            psycopg.connect(server.uri) as connection,
        ):
            connection.execute(f"insert into said values ('{text}')")
    log = server.files.log.read_text(encoding="utf-8")
    assert "ERROR" in log
    assert "quiet" not in log
    assert "whispered" not in log


def test_the_socket_is_for_its_owner_alone(server: EmbeddedPostgres) -> None:
    socket = server.files.sockets / f".s.PGSQL.{PORT}"
    assert socket.stat().st_mode & 0o077 == 0
    assert server.files.data.stat().st_mode & 0o077 == 0


def test_it_runs_until_the_last_holder_lets_go(server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(server.files.var_dir)
    second.start()
    server.stop()
    assert value(second, "select 1") == "1"
    second.stop()
    assert not second.running()


def test_it_ends_with_a_holder_that_was_killed(tmp_path: Path) -> None:
    process = holder(tmp_path)
    server = EmbeddedPostgres(tmp_path)
    assert server.running()
    process.kill()
    process.communicate()
    assert eventually(lambda: not server.running())
    assert processes(server) == []


def test_it_goes_on_when_another_holder_was_killed(server: EmbeddedPostgres) -> None:
    process = holder(server.files.var_dir)
    process.kill()
    process.communicate()
    time.sleep(0.3)
    assert value(server, "select 1") == "1"


def test_a_killed_postmaster_is_replaced_and_its_rows_are_there(
    server: EmbeddedPostgres,
) -> None:
    with psycopg.connect(server.uri) as connection:
        connection.execute("create table kept (n int)")
    with psycopg.connect(server.uri, autocommit=True) as connection:
        for n in range(50):
            connection.execute("insert into kept values (%s)", [n])
        os.kill(postmaster(server), signal.SIGKILL)
    assert eventually(lambda: not server.running())
    server.start()
    assert value(server, "select count(*) from kept") == "50"


def test_a_long_query_does_not_keep_a_dead_server_from_being_replaced(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ((0.2, signal.SIGQUIT), (10.0, signal.SIGKILL))
    monkeypatch.setattr("embedded.postgres_cluster.ORPHANS", steps)
    # What computes waits for nothing, and so does not see that its postmaster is gone.
    busy = psycopg.connect(server.uri)
    busy.pgconn.send_query(b"select count(*) from generate_series(1, 100000000000)")
    assert busy.pgconn.flush() == 0
    running = (
        "select count(*) from pg_stat_activity where query like '%generate_series(%'"
    )
    assert eventually(lambda: value(server, running) == "2")  # that one, and this
    os.kill(postmaster(server), signal.SIGKILL)
    assert eventually(lambda: not server.running())
    server.start()
    assert value(server, "select 1") == "1"
    busy.close()


def test_a_start_after_everything_was_killed_recovers(tmp_path: Path) -> None:
    process = holder(tmp_path)
    server = EmbeddedPostgres(tmp_path)
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute("create table kept as select 7 as n")
    main = postmaster(server)
    keeper = psutil.Process(main).parent()
    assert keeper is not None
    for pid in (process.pid, keeper.pid, main):
        os.kill(pid, signal.SIGKILL)
    process.communicate()
    with server:
        assert value(server, "select n from kept") == "7"


def test_a_killed_keeper_takes_the_server_along(server: EmbeddedPostgres) -> None:
    keeper = psutil.Process(postmaster(server)).parent()
    assert keeper is not None
    keeper.kill()
    assert eventually(lambda: not server.running())
    server.start()
    assert value(server, "select 1") == "1"
    mains = [p for p in processes(server) if "-D" in p.cmdline()]
    assert len(mains) == 2  # the keeper, whose command line holds the server's, and it


def test_a_process_id_that_is_somebody_elses_now_is_no_obstacle(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        lines = (server.files.data / "postmaster.pid").read_text()
    stale = lines.replace(lines.splitlines()[0], str(os.getpid()), 1)
    (server.files.data / "postmaster.pid").write_text(stale)
    (server.files.sockets / f".s.PGSQL.{PORT}.lock").write_text(stale)
    with server:
        assert value(server, "select 1") == "1"


def test_data_of_another_version_are_left_alone_and_named(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    server.files.data.mkdir()
    (server.files.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 16"):
        server.start()
    assert (server.files.data / "PG_VERSION").read_text() == "16\n"


def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        pass
    (server.files.data / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="nonsense"):
        server.start()
    assert not server.running()


def test_a_long_path_gets_a_short_socket_directory(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 6)
    with EmbeddedPostgres(deep) as server:
        assert value(server, "select 1") == "1"
    assert len(os.fsencode(server.files.sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES
    assert server.files.sockets != deep / "run"
    server.files.sockets.rmdir()


@pytest.mark.parametrize("name", ["with space", "with,comma", "with'quote", "žluť"])
def test_an_unusual_path_works(tmp_path: Path, name: str) -> None:
    with EmbeddedPostgres(tmp_path / name) as server:
        assert value(server, "select 1") == "1"


def test_a_plain_path_keeps_its_socket_beside_its_data() -> None:
    assert socket_directory(Path("/srv/anchorage")) == Path("/srv/anchorage/run")


def test_two_directories_have_two_names() -> None:
    first, second = ServerFiles(Path("/a")), ServerFiles(Path("/b"))
    assert first.name != second.name
