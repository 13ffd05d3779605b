"""`make test-faults`: every fault, one after the other, and the table at the end.

Stops at SIGINT or SIGTERM, or when its minutes are over, and says how far it got.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")

from tests.faults import kills, tabs, upstream
from tests.faults.kills import Load
from tests.faults.points import POINTS
from tests.faults.stand import Stand, standing
from tests.faults.table import Row, table, write

Work = Callable[[Stand], Awaitable[Row]]
UPSTREAM = ("maas_", "model_", "database_")
DISK = "size=300m"
MOUNT_REFUSED = "mounting a small tmpfs takes root"


def main() -> None:
    """Run what was asked for; exit code 1 when anything was lost or doubled."""
    options = _options()
    rows: list[Row] = []
    try:
        for proxied, works in ((False, _killing(options)), (True, _others(options))):
            if works:
                with standing(proxied=proxied) as stand:
                    asyncio.run(_work(stand, works, rows, options.minutes))
        if "disk" in options.only:
            _disk(options, rows)
    except KeyboardInterrupt:
        print("Stopped early: the table holds what was finished.", file=sys.stderr)
    print(table(rows))
    if options.json:
        write(rows, options.json)
    sys.exit(1 if any(row.lost or row.doubled or row.problems for row in rows) else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--kills", type=int, default=500, help="at random moments")
    parser.add_argument("--each", type=int, default=20, help="kills at each point")
    parser.add_argument(
        "--turns", type=int, default=10_000, help="at least, all in all"
    )
    parser.add_argument("--people", type=int, default=12, help="who talk meanwhile")
    parser.add_argument("--times", type=int, default=3, help="each other fault")
    parser.add_argument("--tabs", type=int, default=500, help="disturbances of pages")
    parser.add_argument("--away", type=float, default=600, help="seconds without MaaS")
    parser.add_argument("--offline", type=float, default=10, help="seconds of a page")
    parser.add_argument(
        "--asleep", type=float, default=60, help="seconds of everything"
    )
    parser.add_argument("--streams", type=int, default=50, help="replies at a deploy")
    parser.add_argument("--minutes", type=float, default=240, help="stop after these")
    parser.add_argument(
        "--only",
        nargs="+",
        default=["kills", "points", "upstream", "pages", "disk"],
        help="groups, or single faults that are no kills, by their names in the table",
    )
    options = parser.parse_args()
    options.minutes = time.monotonic() + options.minutes * 60
    signal.signal(signal.SIGTERM, _interrupted)
    return options


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _killing(options: argparse.Namespace) -> list[tuple[str, Work]]:
    found: list[tuple[str, Work]] = []
    at_points = options.each * len(POINTS) if "points" in options.only else 0
    at_random = options.kills if "kills" in options.only else 0
    # The turns are shared out, so that the long form's ten thousand are reached.
    turns = max(1, -(-options.turns // max(1, at_points + at_random)))
    load = Load(options.people, turns)
    for kind, times in kills.spread(at_random, tuple(kills.KINDS)).items():
        if times:
            found.append((kind, _bound(kills.kill_at_random, kind, times, load)))
    if at_points:
        for point in POINTS:
            work = _bound(kills.kill_at_point, point, options.each, load)
            found.append((point, work))
    return found


def _others(options: argparse.Namespace) -> list[tuple[str, Work]]:
    found: list[tuple[str, Work]] = []
    load = Load(min(options.people, 6), 6)
    for name in upstream.FAULTS:
        work = _bound(upstream.upstream, name, options.times, load)
        found.append((name, work))
    found += [
        ("maas_away", _bound(upstream.maas_away, options.away)),
        ("page_offline", _bound(tabs.offline, options.offline)),
        ("page_disconnects", _bound(tabs.tabs, options.tabs)),
        ("page_not_reading", _bound(tabs.not_reading)),
        ("asleep", _bound(tabs.asleep, options.asleep, load)),
        ("deploy", _bound(tabs.deploy, options.streams)),
    ]
    return [(n, w) for n, w in found if {n, *_groups(n)} & set(options.only)]


def _groups(name: str) -> tuple[str, ...]:
    return ("upstream",) if name.startswith(UPSTREAM) else ("pages",)


def _bound(function: Callable[..., Awaitable[Row]], *words: object) -> Work:
    return lambda stand: function(stand, *words)


async def _work(
    stand: Stand, works: list[tuple[str, Work]], rows: list[Row], until: float
) -> None:
    for name, work in works:
        if time.monotonic() > until:
            rows.append(Row(name, skipped="no time was left"))
            continue
        began = time.monotonic()
        try:
            row = await work(stand)
        except AssertionError as exc:
            # One fault that could not be judged is no reason to give up on the rest.
            row = Row(name, problems=[f"could not be judged: {exc}"[:2000]])
        rows.append(row)
        took = time.monotonic() - began
        print(
            f"{name}: {row.times} times, {row.turns} turns, lost {row.lost},"
            f" doubled {row.doubled}, {took:.0f} s",
            *row.problems[:5],
            sep="\n  ",
            file=sys.stderr,
            flush=True,
        )


def _disk(options: argparse.Namespace, rows: list[Row]) -> None:
    with _small_disk() as disk:
        if disk is None:
            rows.append(Row("database_disk_full", skipped=MOUNT_REFUSED))
            return
        with standing(data=disk / "var") as stand:
            load = Load(min(options.people, 6), 6)
            work = _bound(tabs.disk_full, disk, load)
            works = [("database_disk_full", work)]
            asyncio.run(_work(stand, works, rows, options.minutes))


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    """A directory with little room; None where it may not be made."""
    with tempfile.TemporaryDirectory(prefix="anchorage-disk-") as made:
        path = Path(made)
        path.chmod(0o755)
        words = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(path)]
        mounted = False
        with suppress(OSError):
            mounted = (
                subprocess.run(words, capture_output=True, check=False).returncode == 0
            )
        try:
            yield path if mounted else None
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", str(path)], check=False)


if __name__ == "__main__":
    main()
