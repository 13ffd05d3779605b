"""`make demo`: from a fresh checkout to a running site, and one screen that says so."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from chatapp import wiring
from chatapp.operations import redis_server
from chatapp.operations.dump import hang_up
from chatapp.operations.listening import address, listen
from chatapp.operations.migrations_state import missing_migrations
from chatapp.operations.seeding import DemoSignIn, seed
from chatapp.operations.services import services
from chatapp.operations.single import claim
from chatapp.operations.static_files import collect_static
from chatapp.operations.supervisor import Program, Supervisor, say

READY_WITHIN_S = 90.0
LOOK_EVERY_S = 0.05
ANSWER_TIMEOUT_S = 5.0
HEALTH_PATH = "/healthz"
AFTER_DRAIN_S = 10.0
"""The web server's time for all but its replies, before it is ended by force."""
AS_YET = "the web processes follow each other's replies in the database, four times a second."


def run(*, end_with_parent: bool = False) -> int:
    """Run the site until it is told to stop; returns the exit code.

    Raises CannotListen, AlreadyRunning, and RuntimeError when the embedded database does
    not start.
    """
    programs_lock = claim(Path(settings.VAR_DIR))
    listening = listen(settings.HOST, settings.PORT)
    own_redis = _choose_redis()
    with wiring.database_server() as server:
        _prepare()
        supervisor = Supervisor(
            _programs(listening, programs_lock, own_redis=own_redis),
            server=server,
            grace=settings.DRAIN_S + AFTER_DRAIN_S,
            end_with_parent=end_with_parent,
        )

        async def started() -> bool:
            demo = await asyncio.to_thread(_seed)  # while the programs start
            if not await asyncio.to_thread(_answers_in_time):
                say(f"The site did not answer within {READY_WITHIN_S:.0f} seconds.")
                return False
            print(_welcome(demo, own_redis=own_redis), flush=True)
            return True

        code = asyncio.run(supervisor.run(started))
    say("Stopped.")
    return code


def _choose_redis() -> bool:
    """Whether to run a Redis of our own, which the programs find in their settings."""
    if settings.REDIS_URL or settings.WEB == 1:
        return False
    try:
        os.environ[redis_server.ADDRESS] = redis_server.choose(Path(settings.VAR_DIR))
    except redis_server.NoRedis as exc:
        say(f"{exc} Until then {AS_YET}")
        return False
    return True


def _prepare() -> None:
    # Looking is twenty times quicker than migrating nothing.
    if missing_migrations():
        call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    connections.close_all()


def _seed() -> DemoSignIn:
    try:
        return seed()
    finally:
        # From here on this process only looks after others: it needs no connections.
        hang_up()


def _programs(
    listening: socket.socket, lock: int, *, own_redis: bool
) -> tuple[Program, ...]:
    """The web servers share one listening socket: whoever is free takes the next."""
    base = Path(settings.BASE_DIR)
    manage = (sys.executable, str(base / "manage.py"))
    handle = listening.fileno()
    web = (*manage, "web", "--supervised", "--handle", str(handle))
    worker = (*manage, "worker", "--supervised")
    redis = (sys.executable, "-m", "chatapp.operations.redis_server")
    return (
        *([Program("Redis server", redis, (lock,), base)] if own_redis else []),
        *(Program(n, web, (handle, lock)) for n in _names("web server", settings.WEB)),
        *(Program(n, worker, (lock,)) for n in _names("worker", settings.WORKERS)),
    )


def _names(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name} {n + 1}" for n in range(count)]


def _answers_in_time() -> bool:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            if _health() == http.client.OK:
                return True
        time.sleep(LOOK_EVERY_S)
    return False


def _health() -> int:
    where = urlsplit(address(settings.HOST, settings.PORT))
    asked = http.client.HTTPConnection(
        where.hostname or "", where.port, timeout=ANSWER_TIMEOUT_S
    )
    try:
        name = settings.ALLOWED_HOSTS[0].lstrip(".")
        asked.request("GET", HEALTH_PATH, headers={"Host": name})
        return asked.getresponse().status
    finally:
        asked.close()


def _welcome(demo: DemoSignIn, *, own_redis: bool) -> str:
    where = settings.PUBLIC_URL or address(settings.HOST, settings.PORT)
    lines = ["", f"  Anchorage runs at {where}", ""]
    lines.append(
        f"  {'Sign in':<12}{demo.login} / {demo.password}, or try it as a guest"
    )
    lines += [
        f"  {service.name:<12}{service.kind}: {service.what}"
        + (f" ({service.change})" if service.change else "")
        for service in services(own_redis=own_redis)
    ]
    if settings.WEB + settings.WORKERS > 2:
        lines.append(
            f"  {'Processes':<12}{settings.WEB} web, {settings.WORKERS} worker"
        )
    lines += ["", f"  Stop with Ctrl-C. Your data stay in {settings.VAR_DIR}.", ""]
    return "\n".join(lines)
