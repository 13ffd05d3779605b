"""One site per VAR_DIR."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatapp.operations import single
from chatapp.operations.single import AlreadyRunning, claim

ROOT = Path(__file__).resolve().parents[2]
OTHER = """
import subprocess, sys, time
from pathlib import Path
from chatapp.operations.single import claim
lock = claim(Path(sys.argv[1]))
program = [sys.executable, "-c", f"import time; time.sleep({sys.argv[2]})"]
subprocess.Popen(program, pass_fds=(lock,), stdout=subprocess.DEVNULL)
print("claimed", flush=True)
time.sleep(600)
"""


def other(var_dir: Path, program_runs_s: float) -> subprocess.Popen[str]:
    """Another site, with a program that runs for that long."""
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(var_dir), str(program_runs_s)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "claimed\n"
    return process


def test_the_first_one_gets_it(tmp_path: Path) -> None:
    os.close(claim(tmp_path))


def test_a_second_one_is_told_that_there_is_a_first(tmp_path: Path) -> None:
    first = other(tmp_path, 0)
    try:
        with pytest.raises(AlreadyRunning, match="already running"):
            claim(tmp_path)
    finally:
        first.kill()
        first.communicate()


def test_after_a_kill_it_waits_for_the_programs_of_the_killed_one(
    tmp_path: Path,
) -> None:
    first = other(tmp_path, 1.5)
    first.kill()
    first.communicate()
    began = time.monotonic()
    os.close(claim(tmp_path))
    assert time.monotonic() - began > 0.5


def test_it_does_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "LEFTOVERS_END_WITHIN_S", 0.2)
    first = other(tmp_path, 2)
    first.kill()
    first.communicate()
    with pytest.raises(AlreadyRunning, match="earlier run"):
        claim(tmp_path)
