"""The supervisor with small programs: it starts, restarts and ends them, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the site's commands do: watch the lifeline, write down who they are, and run.
CHILD = """
import os, sys, time
from chatapp.operations import lifeline
lifeline.hold_on(0.5)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
time.sleep(600)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + CHILD
BROKEN = "import sys; sys.exit('no settings')"
SUPERVISOR = """
import asyncio, sys
from chatapp.operations.supervisor import Program, Supervisor
pids, code, grace, *more = sys.argv[1:]
programs = tuple(
    Program(name, (sys.executable, "-c", code, f"{pids}/{name}"))
    for name in ("web server", "worker")
)
async def started():
    print("started", flush=True)
    return True
async def never():
    await asyncio.sleep(600)
async def broken():
    await asyncio.sleep(1)
    raise LookupError("no characters")
start = next((f for f in (never, broken) if f.__name__ in more), started)
supervisor = Supervisor(
    programs, grace=float(grace), end_with_parent="parent" in more
)
sys.exit(asyncio.run(supervisor.run(start)))
"""


class Run:
    """A supervisor in a process of its own, with two programs."""

    def __init__(
        self, pids: Path, code: str = CHILD, *more: str, grace: float = 5
    ) -> None:
        self.pids = pids
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(pids), code, str(grace), *more],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def started(self, name: str) -> list[int]:
        """The process ids under which `name` has run so far."""
        file = self.pids / name
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def both_run(self) -> bool:
        return all(self.started(name) for name in ("web server", "worker"))

    def all_gone(self) -> bool:
        pids = self.started("web server") + self.started("worker")
        return not any(alive(pid) for pid in pids)

    def end(self) -> tuple[int, str]:
        """Wait for its end; exit code and what it said."""
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A supervisor whose two programs run."""
    supervised = Run(tmp_path)
    assert eventually(supervised.both_run)
    yield supervised
    if supervised.process.poll() is None:
        supervised.process.kill()
    supervised.process.communicate()
    assert eventually(supervised.all_gone)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(done: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_it_runs_its_programs_until_told_to_stop(run: Run) -> None:
    run.process.send_signal(signal.SIGTERM)
    code, _ = run.end()
    assert code == 0
    assert run.all_gone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_end_everything(
    run: Run, number: signal.Signals
) -> None:
    run.process.send_signal(number)
    code, _ = run.end()
    assert code == 0
    assert run.all_gone()


def test_a_killed_supervisor_takes_its_programs_along(run: Run) -> None:
    run.process.kill()
    assert eventually(run.all_gone)


def test_a_program_that_dies_is_started_again_and_named(run: Run) -> None:
    (first,) = run.started("worker")
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: len(run.started("worker")) == 2)
    assert len(run.started("web server")) == 1
    run.process.send_signal(signal.SIGTERM)
    _, said = run.end()
    assert "The worker ended (killed by SIGKILL); starting it again." in said


def test_a_program_that_will_not_end_is_ended_by_force(tmp_path: Path) -> None:
    run = Run(tmp_path, STUBBORN, grace=0.3)
    assert eventually(run.both_run)
    run.process.send_signal(signal.SIGTERM)
    code, said = run.end()
    assert code == 0
    assert "by force" in said
    assert run.all_gone()


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    run = Run(tmp_path, STUBBORN, grace=60)
    assert eventually(run.both_run)
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    run.process.send_signal(signal.SIGINT)
    run.end()
    assert run.all_gone()


def test_programs_that_never_start_end_the_run(tmp_path: Path) -> None:
    run = Run(tmp_path, BROKEN, "never")
    code, said = run.end()
    assert code == 1
    assert "does not start" in said
    assert "no settings" in said


def test_an_error_while_starting_ends_everything_and_is_shown(tmp_path: Path) -> None:
    run = Run(tmp_path, CHILD, "broken")
    code, said = run.end()
    assert code == 1
    assert "LookupError: no characters" in said
    assert run.all_gone()


def test_it_ends_with_its_terminal_when_nobody_passes_the_signal_on(
    tmp_path: Path,
) -> None:
    terminal, its_end = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path), CHILD, "5"],
        cwd=ROOT,
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,  # and no controlling terminal: no signal comes
    )
    os.close(its_end)
    names = ("web server", "worker")
    assert eventually(lambda: all((tmp_path / name).exists() for name in names))
    assert process.poll() is None
    os.close(terminal)
    assert process.wait(20) == 0


def test_it_ends_with_its_parent_when_asked_to(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]);"
        "import time; time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, SUPERVISOR, str(tmp_path), CHILD, "5", "parent"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    names = ("web server", "worker")
    assert eventually(lambda: all((tmp_path / name).exists() for name in names))
    parent.kill()
    parent.wait()

    def gone() -> bool:
        text = "".join((tmp_path / name).read_text() for name in names)
        return not any(alive(int(pid)) for pid in text.split())

    assert eventually(gone)
