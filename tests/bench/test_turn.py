"""The benchmark in its shortest form: it runs, and its numbers have their names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.table import AIMS, Run, percentile, table
from tests.harness.processes import PROJECT

PROMISED = {
    "before_ms_p50_c1",
    "after_ms_p50_c1",
    "added_ms_p95_c50",
    "direct_ms_p50_c1",
    "bare_ms_p50_c1",
    "recall_ms_p95_10k",
    "rss_mb",
    "page_js_kb",
}
SHORT = "--turns 3 --warm-up 1 --chats 2 --seconds 2 --every 2 --reply 1.5 --atoms 20 --queries 5"


@pytest.mark.slow
@pytest.mark.processes
def test_a_short_run_writes_flat_numbers_under_their_promised_names(
    tmp_path: Path,
) -> None:
    path = tmp_path / "turn.json"
    command = [sys.executable, "-m", "bench.turn", "--json", str(path), *SHORT.split()]
    ran = subprocess.run(
        command, check=False, cwd=PROJECT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    numbers = json.loads(path.read_text())
    assert numbers.keys() >= PROMISED
    assert all(numbers[name] > 0 for name in PROMISED)
    assert all(isinstance(value, int | float | str) for value in numbers.values())
    assert numbers["sends_ok"] == numbers["sends"] == 3 + 2
    assert numbers["turns_with_memory_c1"] > 0
    assert all(name in ran.stdout for name in PROMISED)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 95) == 4.0
    assert percentile([7.0], 95) == 7.0


def test_the_table_says_which_aims_are_missed() -> None:
    shown = table(Run({"rss_mb": 299.0, "page_js_kb": 61.0, "sends": 3}))
    rss, page, sends = shown.splitlines()
    assert "aim" in rss and rss.endswith("ok")
    assert page.endswith("over")
    assert "aim" not in sends


def test_every_aim_has_a_number() -> None:
    assert PROMISED & AIMS.keys() == AIMS.keys() - {"added_ms_p50_c1"}
