"""Real processes on loopback: started, waited for, logged to a file, ended by their id.

Each runs in a process group of its own, so that its children end with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import httpx

from tests.harness.waiting import blocking_until

PROJECT = Path(__file__).resolve().parents[2]
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
READY_S = 120.0
GRACE_S = 8.0
LOG_TAIL = 6_000
# A developer's own settings must not leak into what the tests start.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "CI", "USER")


class Process:
    """One program of the project, running since the constructor returned."""

    running: ClassVar[list[Process]] = []

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        log_dir: Path,
        handles: Sequence[int] = (),
    ) -> None:
        """`handles` are open files that it gets under the same numbers."""
        self.name = name
        self.arguments = arguments
        self.handles = handles
        self.env = {n: os.environ[n] for n in PASSED_ON if n in os.environ} | dict(env)
        self.log = log_dir / f"{name}.log"
        self.start()

    def start(self) -> None:
        """Start it, also again after `stop` or `kill`; the log goes on."""
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=PROJECT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self.handles,
                preexec_fn=end_with_parent,  # noqa: PLW1509 -- one prepared call
            )
        if self not in Process.running:
            Process.running.append(self)

    @property
    def pid(self) -> int:
        """Its process id, which is also its group's."""
        return self._popen.pid

    @property
    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._popen.poll()

    def wait_for(self, url: str) -> None:
        """Return once `url` answers 200; AssertionError with the log otherwise."""
        with httpx.Client(trust_env=False, timeout=5) as client:

            def answers() -> bool:
                with suppress(httpx.TransportError):
                    return client.get(url).status_code == httpx.codes.OK
                return False

            self._wait(answers, f"{self.name} answers at {url}")

    def wait_for_socket(self, url: str) -> None:
        """Return once something listens at `url`; for what has no page to ask."""
        address = httpx.URL(url)

        def listens() -> bool:
            with suppress(OSError):
                socket.create_connection((address.host, address.port), 1).close()
                return True
            return False

        self._wait(listens, f"{self.name} listens at {url}")

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        def ready() -> bool:
            if (code := self._popen.poll()) is not None:
                msg = f"{self.name} ended with {code}"
                raise AssertionError(msg)
            return condition()

        try:
            blocking_until(ready, what, within=READY_S)
        except AssertionError as exc:
            msg = f"{exc}\n{self.tail()}"
            raise AssertionError(msg) from exc

    def finish(self, *, within: float = READY_S) -> None:
        """Wait for a command that ends by itself; AssertionError unless it ends well."""
        try:
            code = self._popen.wait(within)
        except subprocess.TimeoutExpired:
            code = -1
        self.kill()
        assert code == 0, f"{self.name} ended with {code}:\n{self.tail()}"

    def wait_for_end(self, *, within: float = READY_S) -> None:
        """Wait for one that was told to stop; AssertionError when it goes on."""
        try:
            self._popen.wait(within)
        except subprocess.TimeoutExpired:
            msg = f"{self.name} did not stop:\n{self.tail()}"
            raise AssertionError(msg) from None
        finally:
            self.kill()

    def stop(self) -> None:
        """End it and its children: politely, then by force."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(GRACE_S)
        self.kill()

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        if self in Process.running:
            Process.running.remove(self)

    def tail(self, since: int = 0) -> str:
        """The end of what it wrote to its log after the byte `since`."""
        with self.log.open("rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")[-LOG_TAIL:]


def end_with_parent() -> None:
    """On Linux the kernel ends the process when the tests die without tidying up."""
    if LIBC is not None:
        LIBC.prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(name: str, *arguments: str, env: Mapping[str, str], log_dir: Path) -> str:
    """Run a command to its end and return what it wrote."""
    process = Process(name, arguments, env=env, log_dir=log_dir)
    process.finish()
    return process.tail()
