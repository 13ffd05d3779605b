"""What a newcomer's machine is told to do: locks, Makefile, configuration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-memory.lock"]
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pins(lock: str) -> set[tuple[str, str]]:
    lines = (ROOT / lock).read_text().splitlines()
    return {(match[1], match[2]) for line in lines if (match := PINNED.match(line))}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pinned_versions_with_hashes_and_no_address(lock: str) -> None:
    for line in (ROOT / lock).read_text().splitlines():
        assert PINNED.match(line) or HASH.match(line), line


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_locks_agree_on_versions(lock: str) -> None:
    runtime = {
        name: {v for n, v in pins(LOCKS[0]) if n == name} for name, _ in pins(lock)
    }
    for name, version in pins(lock):
        assert not runtime[name] or version in runtime[name], name


def test_the_locks_hold_what_the_project_asks_for() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = told["dependency-groups"]
    asked = (told["project"]["dependencies"], groups["dev"], groups["memory"])
    for lock, wanted in zip(LOCKS, asked, strict=True):
        locked = {name for name, _ in pins(lock)}
        names = {
            re.split(r"[\[<>=;]", one)[0].lower().replace("_", "-") for one in wanted
        }
        assert names <= locked, f"{lock} is older than pyproject.toml: make lock"


def test_the_memory_lock_brings_no_django() -> None:
    assert not {name for name, _ in pins("requirements-memory.lock")} & {
        "django",
        "channels",
        "asgiref",
    }


def _venv(tmp_path: Path, python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(ROOT / ".ci" / "venv"), str(tmp_path / "venv")],
        env={"PATH": os.environ["PATH"], "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def _fake_python(tmp_path: Path, body: str) -> str:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


def test_a_virtual_environment_is_made(tmp_path: Path) -> None:
    done = _venv(tmp_path, sys.executable)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "venv" / "bin" / "python").exists()


@pytest.mark.parametrize("version", ["3.10", "3.14", "2.7"])
def test_a_python_of_another_time_is_named(tmp_path: Path, version: str) -> None:
    done = _venv(tmp_path, _fake_python(tmp_path, f"echo {version}"))
    assert done.returncode == 1
    assert f"is {version}" in done.stderr
    assert "3.11, 3.12 or 3.13" in done.stderr


def test_no_python_at_all_is_named(tmp_path: Path) -> None:
    done = _venv(tmp_path, "python-that-is-not-there")
    assert done.returncode == 1
    assert "no python-that-is-not-there here" in done.stderr


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path) -> None:
    body = 'case "$2" in *version*) echo 3.12;; *) exit 1;; esac'
    done = _venv(tmp_path, _fake_python(tmp_path, body))
    assert done.returncode == 1
    assert "apt-get install python3.12-venv" in done.stderr


def test_make_help_names_the_commands() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for command in ("demo", "demo-reset", "test", "backup", "restore", "doctor"):
        assert f"make {command} " in done.stdout
