"""`make test-faults`: every fault, round after round, and the table at the end.

A round injects its share of everything, so that a run that is cut short, by SIGINT,
SIGTERM or its minutes, has seen every kind. With `--state` the next run goes on there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")

from tests.faults.plan import Amounts, Group, Work, groups
from tests.faults.stand import Stand
from tests.faults.table import Row, Table, table, write


def main() -> None:
    """Run what was asked for; exit code 1 when anything was lost or doubled."""
    options = _options()
    found = Table(options.state)
    try:
        _run(options, found)
    except KeyboardInterrupt:
        _say("Stopped early: the table holds what was finished.")
    print(table(found.rows))
    if options.json:
        write(found.rows, options.json)
    rows = found.rows
    sys.exit(1 if any(row.lost or row.doubled or row.problems for row in rows) else 0)


def _run(options: argparse.Namespace, found: Table) -> None:
    until = time.monotonic() + options.minutes * 60
    amounts = Amounts.of(options)
    for number in range(1, options.rounds + 1):
        for group in groups(amounts, options.only):
            due = [w for w in group.works if w.left(found, number, options.rounds)]
            if due:
                _say(f"round {number} of {options.rounds}: {group.name}")
                _group(group, due, found, (number, options.rounds), until, options.logs)


def _group(
    group: Group,
    works: Sequence[Work],
    found: Table,
    turn: tuple[int, int],
    until: float,
    logs: Path | None,
) -> None:
    if time.monotonic() > until:
        _skip(works, found)
        return
    with group.stand() as stand:
        if isinstance(stand, str):
            found.add(*(Row(name, skipped=stand) for work in works for name in work))
            return
        asyncio.run(_work(stand, works, found, turn, until, logs))


def _skip(works: Sequence[Work], found: Table) -> None:
    """Say so of those that were never begun."""
    names = [name for work in works for name in work if not found.done(name)]
    found.add(*(Row(name, skipped="no time was left") for name in names))


async def _work(
    stand: Stand,
    works: Sequence[Work],
    found: Table,
    turn: tuple[int, int],
    until: float,
    logs: Path | None,
) -> None:
    for number, work in enumerate(works):
        if time.monotonic() > until:
            _skip(works[number:], found)
            return
        began = time.monotonic()
        try:
            rows = await work.run(stand, work.left(found, *turn))
        except (AssertionError, ExceptionGroup) as exc:
            # One fault that could not be judged is no reason to give up on the rest.
            why = f"could not be judged: {exc!r}"[:2000]
            rows = [Row(name, problems=[why]) for name in work]
        found.add(*rows)
        if logs is not None and any(row.problems for row in rows):
            _keep_logs(stand, logs / rows[0].fault)
        _tell(rows, time.monotonic() - began)


def _keep_logs(stand: Stand, directory: Path) -> None:
    """What the processes wrote, for whoever looks for the reason."""
    directory.mkdir(parents=True, exist_ok=True)
    for log in (*stand.directory.glob("*.log"), stand.database.files.log):
        if log.exists():
            shutil.copy(log, directory)
    (directory / "notes.txt").write_text("\n".join(stand.notes), encoding="utf-8")


def _tell(rows: Sequence[Row], took: float) -> None:
    for row in rows:
        counts = f"{row.times} times, {row.turns} turns"
        zeros = f"lost {row.lost}, doubled {row.doubled}, slowest {row.recover_s:.1f} s"
        _say(f"  {row.fault}: {counts}, {zeros}; {took:.0f} s")
        for problem in (row.skipped, *row.problems[:5]):
            if problem:
                _say(f"    {problem}")


def _say(what: str) -> None:
    print(f"{time.strftime('%X')} {what}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--json", type=Path, help="write the figures there, too")
    add("--state", type=Path, help="keep the rows there, and go on from there")
    add("--logs", type=Path, help="keep the logs there of what went wrong")
    add("--minutes", type=float, default=360, help="begin nothing after these")
    add("--share", type=float, default=1.0, help="of all amounts: 0.1 is a tenth")
    add("--rounds", type=int, default=10, help="everything is spread over so many")
    for name, (default, what) in Amounts.OPTIONS.items():
        add(f"--{name}", type=type(default), default=default, help=what)
    add(
        "--only",
        nargs="+",
        default=[],
        help="names of groups, or of faults as in the table; else all",
    )
    signal.signal(signal.SIGTERM, _interrupted)
    return parser.parse_args()


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
