"""The numbers of a run: percentiles, a table to read, one flat JSON object to keep."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Number = int | float
AIMS: Mapping[str, Number] = {
    "added_ms_p50_c1": 10,
    "added_ms_p95_c50": 60,
    "recall_ms_p95_10k": 15,
    "rss_mb": 300,
    "page_js_kb": 60,
}


@dataclass(frozen=True)
class Run:
    """One run's numbers by name, and what can be said about them in words."""

    numbers: Mapping[str, Number | str]
    notes: Sequence[str] = ()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` percent of the values do not exceed."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def table(
    run: Run,
    aims: Mapping[str, Number] = AIMS,
    least: Mapping[str, Number] | None = None,
) -> str:
    """For people: a line for each number, with its aim where it has one.

    `aims` are not to be exceeded; what stands in `least` is to be reached.
    """
    wide = max(map(len, run.numbers))
    lines = []
    for name, value in run.numbers.items():
        line = f"{name:<{wide}}  {_text(value):>10}"
        if name in aims and not isinstance(value, str):
            verdict = "ok" if value <= aims[name] else "over"
            line += f"   aim {aims[name]:>4}  {verdict}"
        elif least and name in least and not isinstance(value, str):
            verdict = "ok" if value >= least[name] else "under"
            line += f"   aim {least[name]:>4}  {verdict}"
        lines.append(line)
    return "\n".join([*lines, *run.notes])


def write(run: Run, path: Path) -> None:
    """For programs: the numbers as they are."""
    path.write_text(json.dumps(run.numbers, indent=2) + "\n", encoding="utf-8")


def _text(value: Number | str) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
