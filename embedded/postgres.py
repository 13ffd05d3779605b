"""The embedded PostgreSQL: one real server under VAR_DIR for a site without a database.

`EmbeddedPostgres(var_dir)` is used by `chatapp.wiring` and the tests. Whoever needs the
server holds it; it runs from the first holder's start to the last holder's end, whichever
way that end comes, and a start after a crash first clears what the crash left behind.
It listens on a Unix socket that only its owner can open, never on the network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

import psycopg

from embedded import postgres_keeper
from embedded.postgres_account import Account, let_run, own, server_account
from embedded.postgres_cluster import (
    PROGRAMS,
    clear_leftovers,
    ensure_cluster,
    server_command,
)
from embedded.postgres_files import PORT, ServerFiles
from embedded.postgres_locks import (
    EmbeddedPostgresError,
    exclusive,
    held_alone,
    is_last,
    shared,
    wait_until,
)

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 40.0  # longer than the keeper waits for a tidy shutdown
LOG_KEPT_BYTES = 5_000_000
LOG_SHOWN_LINES = 12

# Keepers that this process has started and not yet collected: they outlive a hold when
# others still need the server, and would stay as zombies if nobody asked for them.
_started: list[subprocess.Popen[bytes]] = []

__all__ = ["PROGRAMS", "EmbeddedPostgres", "EmbeddedPostgresError"]


class EmbeddedPostgres:
    """A hold on the server of `var_dir`. Also a context manager."""

    def __init__(self, var_dir: Path) -> None:
        """Nothing happens before `start`."""
        self.files = ServerFiles(Path(var_dir))
        self._users: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """The connection string of the database `postgres`, as its superuser."""
        sockets = quote(str(self.files.sockets), safe="")
        return f"postgresql://postgres@/postgres?host={sockets}&port={PORT}"

    def start(self) -> None:
        """Hold the server, starting it when nobody did; returns when it answers.

        Calling it again repairs a server that died meanwhile. Raises
        EmbeddedPostgresError when it cannot run; the text holds the end of its log.
        """
        account = server_account()
        own(self.files.sockets, account)
        if account:
            let_run(PROGRAMS)
        with exclusive(self.files.start_lock, START_TIMEOUT_S):
            if self._users is None:
                # Waits for a keeper that is just stopping the server.
                self._users = shared(self.files.users_lock, START_TIMEOUT_S)
            try:
                self._ensure_server(account)
            except BaseException:
                self._let_go()
                raise

    def stop(self) -> None:
        """Let go of the server; the last holder returns when it has stopped."""
        if self._users is None:
            return
        last = is_last(self._users)
        self._let_go()
        if last:
            wait_until(lambda: not self.running(), STOP_TIMEOUT_S)
            if self._keeper is not None:
                self._keeper.wait(STOP_TIMEOUT_S)

    def remove(self) -> None:
        """Delete the data. Raises EmbeddedPostgresError while somebody uses them."""
        try:
            with (
                exclusive(self.files.users_lock, 0),
                exclusive(self.files.start_lock, 0),
            ):
                clear_leftovers(self.files)
                for path in (self.files.data, self.files.sockets):
                    shutil.rmtree(path, ignore_errors=True)
                self.files.log.unlink(missing_ok=True)
        except EmbeddedPostgresError as exc:
            msg = f"Somebody uses the embedded PostgreSQL in {self.files.var_dir}."
            raise EmbeddedPostgresError(msg) from exc

    def running(self) -> bool:
        """Whether a server is kept running for this directory, by whomever."""
        _collect()
        return held_alone(self.files.keeper_lock)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _ensure_server(self, account: Account | None) -> None:
        if self.running() and self._answers_before_it_ends():
            return
        clear_leftovers(self.files)
        ensure_cluster(self.files, account)
        self._start_keeper(account)
        if not self._answers_before_it_ends():
            msg = f"The embedded PostgreSQL did not start.\n{_end_of(self.files.log)}"
            raise EmbeddedPostgresError(msg)

    def _start_keeper(self, account: Account | None) -> None:
        owner = f"{account.uid}:{account.gid}" if account else ""
        with _opened(self.files.log) as log:
            self._keeper = subprocess.Popen(
                [
                    # -I -S: no site-packages and nothing from the environment; it starts
                    # in a few milliseconds and stays at a few megabytes.
                    *(sys.executable, "-I", "-S", postgres_keeper.__file__),
                    *(str(self.files.users_lock), str(self.files.keeper_lock), owner),
                    *server_command(self.files),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            _started.append(self._keeper)

    def _answers_before_it_ends(self) -> bool:
        def ended() -> bool:
            # A keeper of ours that has only just been started holds no lock yet.
            starting = self._keeper is not None and self._keeper.poll() is None
            return not starting and not self.running()

        wait_until(lambda: ended() or self._answers(), START_TIMEOUT_S)
        return not ended()

    def _answers(self) -> bool:
        if not (self.files.sockets / f".s.PGSQL.{PORT}").exists():
            return False
        try:
            psycopg.connect(self.uri, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _let_go(self) -> None:
        if self._users is not None:
            os.close(self._users)
            self._users = None


def _collect() -> None:
    _started[:] = [keeper for keeper in _started if keeper.poll() is None]


def _opened(log: Path) -> BinaryIO:
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.old"))
    return log.open("ab")


def _end_of(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_SHOWN_LINES:])
