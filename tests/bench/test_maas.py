"""The memory service's benchmark in its shortest form: it runs, its numbers have names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.maas import AIMS, LEAST
from bench.table import Run, table
from tests.harness.processes import PROJECT

PROMISED = {
    "recall_ms_p95_1k",
    "recall_ms_p95_10k",
    "recall_ms_p95_100k",
    "recall_ms_p95_user50",
    "recall_ms_cold_10k",
    "writes_per_s",
    "rss_mb",
}
SHORT = (
    "--small 20 --middle 40 --large 300 --anchors 3 --each 5 --total 600"
    " --queries 12 --cold 2"
)


@pytest.mark.slow
@pytest.mark.processes
def test_a_short_run_writes_flat_numbers_under_their_promised_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "maas.json"
    command = [sys.executable, "-m", "bench.maas", "--json", str(path), *SHORT.split()]
    ran = subprocess.run(
        command, check=False, cwd=PROJECT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    numbers = json.loads(path.read_text())
    assert numbers.keys() >= PROMISED | AIMS.keys() | LEAST.keys()
    assert all(numbers[name] > 0 for name in PROMISED)
    assert all(isinstance(value, int | float | str) for value in numbers.values())
    assert numbers["atoms"] >= 600
    assert all(name in ran.stdout for name in PROMISED)


def test_the_table_says_what_was_not_reached() -> None:
    shown = table(
        Run({"writes_per_s": 1499.0, "rss_mb": 1}), {}, {"writes_per_s": 1500}
    )
    writes, rss = shown.splitlines()
    assert writes.endswith("under")
    assert "aim" not in rss
