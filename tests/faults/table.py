"""The table of a run: what was injected, how often, and what it cost.

A run may be cut short and taken up again: `Table.add` sums what was done before and now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
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
    recovered_s: list[float] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    skipped: str = ""

    def recovered(self, seconds: float, *, times: int = 1) -> None:
        """One more injection, and how long the site was not itself."""
        self.times += times
        self.recovered_s.append(round(seconds, 3))
        self.recover_s = max(self.recover_s, seconds)

    def judge(self, verdict: Verdict, *, ends_writers: bool = False) -> None:
        """What the ledger found behind it; words of another person count as lost.

        Unless the fault `ends_writers`, every reply has to come to its own end.
        """
        if not ends_writers:
            verdict.lost += verdict.cut_off
        self.turns += verdict.turns
        self.lost += len(verdict.lost) + len(verdict.crossed)
        self.doubled += len(verdict.doubled)
        self.unknown += verdict.unknown
        if verdict.late:
            self.figures["shown_300_ms_and_missing"] = verdict.late
        self.problems += [*verdict.lost, *verdict.crossed, *verdict.doubled]

    def add(self, more: Row) -> None:
        """The same fault again."""
        for name in ("times", "kills", "turns", "lost", "doubled", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(more, name))
        self.recover_s = max(self.recover_s, more.recover_s)
        self.recovered_s += more.recovered_s
        for name, value in more.figures.items():
            worse = max(self.figures.get(name, value), value)
            self.figures[name] = worse
        self.problems += more.problems
        self.skipped = "" if self.times else more.skipped

    @property
    def usual_s(self) -> float:
        """The median of the recoveries."""
        each = sorted(seconds for seconds in self.recovered_s if seconds)
        return each[len(each) // 2] if each else 0.0


class Table:
    """Rows by the names of their faults, in the order in which they came."""

    def __init__(self, state: Path | None = None) -> None:
        """`state` is where the rows are kept between runs, if they shall be."""
        self._rows: dict[str, Row] = {}
        self._state = state
        if state is not None and state.exists():
            for told in json.loads(state.read_text(encoding="utf-8")):
                self._rows[told["fault"]] = Row(**told)

    @property
    def rows(self) -> Sequence[Row]:
        """All of them."""
        return [*self._rows.values()]

    def done(self, fault: str) -> int:
        """How often this one was injected so far."""
        return self._rows[fault].times if fault in self._rows else 0

    def add(self, *rows: Row) -> None:
        """Take these in, and keep everything where it was asked to be kept."""
        for row in rows:
            self._rows.setdefault(row.fault, Row(row.fault)).add(row)
        if self._state is not None:
            words = json.dumps([asdict(row) for row in self.rows], indent=1)
            self._state.write_text(words, encoding="utf-8")


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
            f"{row.fault}_kills": row.kills,
            f"{row.fault}_turns": row.turns,
            f"{row.fault}_lost": row.lost,
            f"{row.fault}_doubled": row.doubled,
            f"{row.fault}_recover_s_p50": round(row.usual_s, 3),
            f"{row.fault}_recover_s_max": round(row.recover_s, 3),
        }
        found |= {f"{row.fault}_{name}": value for name, value in row.figures.items()}
    return found


def table(rows: Sequence[Row]) -> str:
    """For people: one line a fault, the sums, and every problem in words."""
    wide = max([5, *(len(row.fault) for row in rows)])
    head = f"{'fault':<{wide}} {'times':>6} {'turns':>6} {'lost':>5} {'doubled':>8}"
    lines = [f"{head} {'recover s':>10} {'slowest':>8}"]
    for row in rows:
        if row.skipped:
            lines.append(f"{row.fault:<{wide}} skipped: {row.skipped}")
            continue
        numbers = f"{row.times:>6} {row.turns:>6} {row.lost:>5} {row.doubled:>8}"
        times = f"{row.usual_s:>10.2f} {row.recover_s:>8.2f}"
        lines.append(f"{row.fault:<{wide}} {numbers} {times}")
    sums = figures(rows)
    lines.append(
        f"{'all':<{wide}} {sum(row.times for row in rows):>6} {sums['turns']:>6}"
        f" {sums['lost']:>5} {sums['doubled']:>8} {'':>10}"
        f" {sums['recover_s_max']:>8.2f}   kills {sums['kills']}"
    )
    for row in rows:
        lines += [f"{row.fault}: {problem}" for problem in row.problems[:20]]
        lines += [f"{row.fault}: {n} = {v:g}" for n, v in row.figures.items()]
    return "\n".join(lines)


def write(rows: Sequence[Row], path: Path) -> None:
    """For programs."""
    path.write_text(json.dumps(figures(rows), indent=2) + "\n", encoding="utf-8")
