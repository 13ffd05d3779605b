"""The table of a run: what was injected, how often, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.ledger import Verdict


@dataclass
class Row:
    """One kind of fault. `recover_s` is the slowest; `kills` are ends of processes."""

    fault: str
    times: int = 0
    kills: int = 0
    turns: int = 0
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    recover_s: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    skipped: str = ""

    def recovered(self, seconds: float) -> None:
        """One more injection, and how long the site was not itself."""
        self.times += 1
        self.recover_s = max(self.recover_s, seconds)

    def judge(self, verdict: Verdict) -> None:
        """What the ledger found behind it; words of another person count as lost."""
        self.turns += verdict.turns
        self.lost += len(verdict.lost) + len(verdict.crossed)
        self.doubled += len(verdict.doubled)
        self.unknown += verdict.unknown
        if verdict.late:
            self.figures["shown_300_ms_and_missing"] = verdict.late
        self.problems += [*verdict.lost, *verdict.crossed, *verdict.doubled]


def figures(rows: Sequence[Row]) -> Mapping[str, float]:
    """Flat numbers: the sums, and each row's own below its name."""
    found: dict[str, float] = {
        "kills": sum(row.kills for row in rows),
        "turns": sum(row.turns for row in rows),
        "lost": sum(row.lost for row in rows),
        "doubled": sum(row.doubled for row in rows),
        "recover_s_max": round(max((row.recover_s for row in rows), default=0.0), 3),
    }
    for row in rows:
        if row.skipped:
            continue
        found |= {
            f"{row.fault}_times": row.times,
            f"{row.fault}_turns": row.turns,
            f"{row.fault}_lost": row.lost,
            f"{row.fault}_doubled": row.doubled,
            f"{row.fault}_recover_s_max": round(row.recover_s, 3),
        }
        found |= {f"{row.fault}_{name}": value for name, value in row.figures.items()}
    return found


def table(rows: Sequence[Row]) -> str:
    """For people: one line a fault, the sums, and every problem in words."""
    wide = max([5, *(len(row.fault) for row in rows)])
    head = f"{'fault':<{wide}} {'times':>6} {'turns':>6} {'lost':>5} {'doubled':>8}"
    lines = [f"{head} {'recover s':>10}"]
    for row in rows:
        if row.skipped:
            lines.append(f"{row.fault:<{wide}} skipped: {row.skipped}")
            continue
        numbers = f"{row.times:>6} {row.turns:>6} {row.lost:>5} {row.doubled:>8}"
        lines.append(f"{row.fault:<{wide}} {numbers} {row.recover_s:>10.2f}")
    sums = figures(rows)
    lines.append(
        f"{'all':<{wide}} {sum(row.times for row in rows):>6} {sums['turns']:>6}"
        f" {sums['lost']:>5} {sums['doubled']:>8} {sums['recover_s_max']:>10.2f}"
        f"   kills {sums['kills']}"
    )
    for row in rows:
        lines += [f"{row.fault}: {problem}" for problem in row.problems[:20]]
        lines += [f"{row.fault}: {n} = {v:g}" for n, v in row.figures.items()]
    return "\n".join(lines)


def write(rows: Sequence[Row], path: Path) -> None:
    """For programs."""
    path.write_text(json.dumps(figures(rows), indent=2) + "\n", encoding="utf-8")
