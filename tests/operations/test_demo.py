"""`make demo` for real: everything embedded, killed in every way, and back again."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from redis import Redis
from redis.exceptions import RedisError

from chatapp.conversations.link import EVERYBODY
from tests.harness.processes import PASSED_ON, free_port
from tests.harness.redis import needs_redis

ROOT = Path(__file__).resolve().parents[2]
READY_S = 90.0
pytestmark = [
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("demo"),
]


class Demo:
    """`manage.py demo` with a VAR_DIR of its own."""

    def __init__(self, var_dir: Path, port: int, **env: str) -> None:
        self.var_dir = var_dir
        self.port = port
        self.log = var_dir.with_name(f"{port}.log")
        kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=ROOT,
                env={**kept, "VAR_DIR": str(var_dir), "PORT": str(port), **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self) -> bool:
        """It has printed its address; its end counts, too."""
        return "Anchorage runs at" in self.said() or self.process.poll() is not None

    def healthy(self) -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asked.request("GET", "/healthz")
            return asked.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything below it, PostgreSQL included."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def member(self, word: str) -> psutil.Process:
        """The first process of the family with `word` on its command line."""
        return self.members(word)[0]

    def members(self, word: str) -> list[psutil.Process]:
        """All of the family with `word` on their command line."""
        return [p for p in self.family() if word in p.cmdline()]

    def postmaster(self) -> psutil.Process:
        lines = (self.var_dir / "postgres" / "postmaster.pid").read_text().splitlines()
        return psutil.Process(int(lines[0]))


@pytest.fixture(scope="module", name="var_dir")
def _var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One VAR_DIR for all: made once, then a second run each time."""
    return tmp_path_factory.mktemp("demo") / "var"


@pytest.fixture(scope="module", name="running")
def _running() -> Iterator[list[Demo]]:
    """The site that runs, if any; told to stop at the end."""
    running: list[Demo] = []
    yield running
    end(running)


def end(running: list[Demo]) -> None:
    """Tell it to stop, if it runs, and wait until nothing of it is left."""
    if running and running[0].process.poll() is None:
        family = running[0].family()
        running[0].process.send_signal(signal.SIGTERM)
        assert running[0].process.wait(60) == 0
        assert eventually(lambda: not living(family))


@pytest.fixture(name="demo")
def _demo(var_dir: Path, running: list[Demo]) -> Demo:
    """The site, up; started again when a test has ended it."""
    if not running or running[0].process.poll() is not None:
        running[:] = [Demo(var_dir, free_port())]
        assert eventually(running[0].ready, READY_S), running[0].said()
        assert running[0].process.poll() is None, running[0].said()
    return running[0]


def living(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended; a zombie has."""

    def lives(process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [process for process in family if lives(process)]


def eventually(done: Callable[[], bool], seconds: float = 40) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_it_says_where_it_runs_and_what_is_embedded(demo: Demo) -> None:
    said = demo.said()
    assert f"http://127.0.0.1:{demo.port}" in said
    assert "demo / " in said
    for part in ("Database", "Memory", "Model", "Embeddings"):
        assert f"{part} " in said
    assert said.count("embedded:") == 5
    assert demo.healthy()


def test_a_web_server_that_is_killed_is_back_soon(demo: Demo) -> None:
    demo.member("web").kill()
    assert eventually(lambda: "The web server ended" in demo.said())
    assert eventually(demo.healthy)


def test_a_database_that_is_killed_is_back_soon(demo: Demo) -> None:
    postmaster = demo.postmaster()
    postmaster.kill()
    assert eventually(lambda: "The database server ended" in demo.said())
    assert eventually(demo.healthy)
    assert demo.postmaster().pid != postmaster.pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_every_polite_end_takes_everything_along(
    demo: Demo, number: signal.Signals
) -> None:
    family = demo.family()
    assert len(family) > 5  # supervisor, web, worker, keeper, PostgreSQL's own
    demo.process.send_signal(number)
    assert demo.process.wait(60) == 0
    assert eventually(lambda: not living(family))


def test_a_killed_supervisor_leaves_no_orphan(demo: Demo) -> None:
    family = demo.family()
    demo.process.kill()
    demo.process.wait()
    assert eventually(lambda: not living(family))


def test_after_everything_was_killed_it_starts_with_its_data(
    demo: Demo, var_dir: Path
) -> None:
    secret = (var_dir / "secret.key").read_text()
    for process in living(demo.family()):
        # A child of PostgreSQL's ends by itself when its parent is gone.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    demo.process.wait()
    again = Demo(var_dir, free_port())
    assert eventually(again.ready, READY_S)
    assert again.healthy(), again.said()
    assert (var_dir / "secret.key").read_text() == secret
    again.process.terminate()
    assert again.process.wait(60) == 0


def test_a_second_one_is_told_about_the_first(demo: Demo, var_dir: Path) -> None:
    second = Demo(var_dir, free_port())
    assert second.process.wait(60) == 1
    assert "already running" in second.said()
    assert demo.healthy()


def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = Demo(tmp_path / "var", port)
        assert demo.process.wait(60) == 1
    assert f"Port {port} of 127.0.0.1 is taken" in demo.said()
    assert "Traceback" not in demo.said()


@needs_redis
def test_several_web_servers_run_with_a_redis_that_is_kept_alive(
    var_dir: Path, running: list[Demo]
) -> None:
    end(running)
    demo = Demo(var_dir, free_port(), WEB="2", WORKERS="2")
    assert eventually(demo.ready, READY_S), demo.said()
    assert demo.healthy(), demo.said()
    assert "Processes   2 web, 2 worker" in demo.said()
    assert "embedded: Redis" in demo.said()
    assert len(demo.members("web")) == len(demo.members("worker")) == 2
    address = f"unix://{var_dir / 'redis.sock'}"
    with Redis.from_url(address) as client:

        def both_meet() -> bool:
            try:
                ((_, listening),) = client.pubsub_numsub(EVERYBODY)
                return int(listening) == 2
            except RedisError:
                return False

        assert eventually(both_meet)
        (server,) = (p for p in demo.family() if p.name() == "redis-server")
        server.kill()
        assert eventually(lambda: "The Redis server ended" in demo.said())
        assert eventually(both_meet)
    family = demo.family()
    demo.process.kill()
    demo.process.wait()
    assert eventually(lambda: not living(family))
