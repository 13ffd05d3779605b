"""The site as it really runs, in parts that can be broken one by one.

PostgreSQL with its usual, safe settings, Redis where there is one, web server and worker
as `make demo` starts them (the listening socket outlives the web server, so visitors
wait and are not refused), and a model and a memory service that count every call.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from chatapp.operations.listening import listen
from chatapp.operations.supervisor import FIRST_PAUSE_S, SERVER_EVERY_S
from embedded.postgres import EmbeddedPostgres
from tests.faults.clock import Clock
from tests.faults.maas import RecordingMaas
from tests.faults.model import CountingModel
from tests.faults.proxy import FaultProxy
from tests.harness.processes import Process, run
from tests.harness.redis import PROGRAM, RedisServer, running_redis
from tests.harness.site import GENEROUS

SOCKET = ".s.PGSQL.5432"
PATIENT = {
    "RECALL_DEADLINE_MS": "2000",
    "GUEST_STREAMS_AT_ONCE": "1000",
    "MODEL_FIRST_TOKEN_S": "5",
    "MODEL_BETWEEN_TOKENS_S": "3",
    "MODEL_TOTAL_S": "20",
    "LOG_LEVEL": "WARNING",
}
ANSWERS_S = 60.0
NOT_YET = "nowhere"
"""Whoever ended this process starts it again: `supervise` leaves it alone."""


@dataclass
class Proxies:
    """What stands between the parts, when the stand has proxies."""

    page: FaultProxy
    maas: FaultProxy
    model: FaultProxy
    database: FaultProxy

    def heal(self) -> None:
        """All of them without faults."""
        for proxy in (self.page, self.maas, self.model, self.database):
            proxy.heal()


@dataclass
class Stand:
    """A running site and everything around it. `url` is past all proxies."""

    url: str
    directory: Path
    database: EmbeddedPostgres
    maas: RecordingMaas
    model: CountingModel
    webs: list[Process]
    worker: Process
    clock: Clock
    redis: RedisServer | None = None
    proxies: Proxies | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def web(self) -> Process:
        """The web server, or the first of several."""
        return self.webs[0]

    @property
    def page_url(self) -> str:
        """Where pages connect to: the proxy when there is one."""
        if self.proxies is None:
            return self.url
        return f"http://127.0.0.1:{self.proxies.page.port}"

    def rows(self, query: str, *values: Any) -> Sequence[dict[str, Any]]:
        """What the site's database answers, past the proxy; asked until it does."""
        end = time.monotonic() + ANSWERS_S
        while True:
            try:
                with psycopg.connect(
                    self.database.uri, autocommit=True, row_factory=dict_row
                ) as connection:
                    return connection.execute(query, values).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    async def supervise(self) -> None:
        """Start again what ended by itself, as the supervisor does; until cancelled.

        A process that was told to crash at a point is left to whoever told it.
        """
        while True:
            await asyncio.sleep(SERVER_EVERY_S)
            for process in (*self.webs, self.worker):
                if process.ended is not None and not process.env.get("CRASH_AT"):
                    self.notes.append(f"{process.name} ended with {process.ended}")
                    await asyncio.sleep(FIRST_PAUSE_S)
                    process.start()
            if not await asyncio.to_thread(self.database.running):
                try:
                    await asyncio.to_thread(self.database.start)
                except RuntimeError as exc:
                    self.notes.append(f"PostgreSQL was not started: {exc}")

    @property
    def postgres_pid(self) -> int:
        """The server's first process, 0 while there is none."""
        with suppress(FileNotFoundError, IndexError):
            path = self.database.files.data / "postmaster.pid"
            return int(path.read_text().split()[0])
        return 0

    def kill_postgres(self) -> int:
        """`kill -9` of the server's first process; nobody tidies up. Returns its id."""
        pid = self.postgres_pid
        os.kill(pid, signal.SIGKILL)
        return pid

    def another_web(self) -> Process:
        """A second web server on the same listening socket, as in a rolling deploy."""
        return Process(
            f"web-{uuid.uuid4().hex[:4]}",
            self.web.arguments,
            env=self.web.env,
            log_dir=self.directory,
            handles=self.web.handles,
        )

    async def restart(self, process: Process, crash_at: str = "") -> None:
        """`kill -9`, and its start by the supervisor, to crash at that point if given."""
        process.env["CRASH_AT"] = crash_at or NOT_YET
        process.kill()
        await asyncio.sleep(FIRST_PAUSE_S)
        process.env["CRASH_AT"] = crash_at
        process.start()

    async def answers(self, since: float, within: float = ANSWERS_S) -> float:
        """Seconds from `since` until the site says that it can serve."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            while True:
                with suppress(httpx.TransportError):
                    answer = await client.get(f"{self.url}/healthz")
                    if answer.status_code == httpx.codes.OK:
                        return time.monotonic() - since
                if time.monotonic() - since > within:
                    msg = f"the site does not answer after {within:g} s"
                    raise AssertionError(f"{msg}\n{self.web.tail()}")
                await asyncio.sleep(0.02)


@contextmanager
def standing(
    *, proxied: bool = False, data: Path | None = None, webs: int = 1, **env: str
) -> Iterator[Stand]:
    """A site of its own, gone afterwards; `data` is where its database lies.

    Of several web servers each takes what comes when it is free, as in `make demo WEB=2`.
    """
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(
            prefix="anchorage-faults-", ignore_cleanup_errors=True
        )
        directory = Path(stack.enter_context(made))
        directory.chmod(0o755)  # as root, the database runs as a user of its own
        clock = Clock(directory / "clock")
        database = EmbeddedPostgres(data or directory / "var")
        stack.enter_context(database)
        maas = stack.enter_context(RecordingMaas())
        model = stack.enter_context(CountingModel())
        redis = stack.enter_context(running_redis()) if PROGRAM else None
        listening = stack.enter_context(listen("127.0.0.1", 0))
        port = listening.getsockname()[1]
        settings = {
            **GENEROUS,
            **PATIENT,
            **maas.env,
            **model.env,
            "DATABASE_URL": database.uri,
            "VAR_DIR": str(directory / "var"),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "CLOCK_FILE": str(clock.path),
        }
        if redis is not None:
            settings["REDIS_URL"] = redis.url
        proxies = None
        if proxied:
            proxies = _proxies(stack, database, maas, model, port)
            settings |= {
                "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{proxies.database.port}/postgres",
                "MAAS_BASE_URL": f"http://127.0.0.1:{proxies.maas.port}",
                "OPENAI_BASE_URL": f"http://127.0.0.1:{proxies.model.port}/v1",
            }
        settings |= env
        run("prepare", "-m", "tests.harness.prepare", env=settings, log_dir=directory)

        def started(name: str, *words: str, handles: Sequence[int] = ()) -> Process:
            command = ["-m", "tests.faults.crashing", "manage.py", *words]
            process = Process(
                name, command, env=settings, log_dir=directory, handles=handles
            )
            stack.callback(process.kill)
            return process

        handle = listening.fileno()
        names = ["web", *(f"web-{number}" for number in range(2, webs + 1))]
        serving = [
            started(name, "web", "--handle", str(handle), handles=[handle])
            for name in names
        ]
        worker = started("worker", "worker")
        url = f"http://127.0.0.1:{port}"
        serving[0].wait_for(f"{url}/healthz")
        yield Stand(
            *(url, directory, database, maas, model, serving, worker, clock),
            *(redis, proxies),
        )


def _proxies(
    stack: ExitStack,
    database: EmbeddedPostgres,
    maas: RecordingMaas,
    model: CountingModel,
    port: int,
) -> Proxies:
    return Proxies(
        page=stack.enter_context(FaultProxy(("127.0.0.1", port))),
        maas=stack.enter_context(FaultProxy(("127.0.0.1", maas.port))),
        model=stack.enter_context(FaultProxy(("127.0.0.1", model.port))),
        database=stack.enter_context(FaultProxy(database.files.sockets / SOCKET)),
    )
