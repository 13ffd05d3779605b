"""`make bench-turn JSON=path`: what the site adds to a turn, what recall takes, its size.

before: the page's POST left until the model got its request. after: the model wrote its
first token until the page had it. added: both. direct: the same model asked without the
site, bare: what the simplest Django chat adds, both at that moment. docs/benchmarks.md says how to read them.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path
from typing import Any

import uvloop

from bench import load, recall, size
from bench.load import Measured
from bench.page import OK
from bench.site import Site, running_site
from bench.table import Run, percentile, table, write

ATOMS_ALONE = 40
ATOMS_TOGETHER = 8
OPTIONS: dict[str, tuple[float, str]] = {
    "turns": (250, "turns of the one chat"),
    "warm-up": (20, "turns of it that do not count"),
    "chats": (50, "chats at once"),
    "seconds": (60, "how long they chat"),
    "every": (12.5, "seconds between two messages of a chat"),
    "reply": (10.0, "seconds that each of their replies takes the model"),
    "atoms": (10_000, "atoms in the anchor that is recalled from"),
    "queries": (300, "recalls from it"),
}


def main() -> None:
    """Run everything and print the table; exit code 1 when nothing could be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    for name, (default, about) in OPTIONS.items():
        kind = type(default)
        parser.add_argument(f"--{name}", type=kind, default=default, help=about)
    options = parser.parse_args()
    with running_site() as site:
        run = measure(site, options)
    print(table(run))
    if options.json:
        write(run, options.json)
    sys.exit(0 if run.numbers["sends_ok"] == run.numbers["sends"] else 1)


def measure(site: Site, options: argparse.Namespace) -> Run:
    """All measurements, one after the other."""
    one, other = site.run("bench.people", 2, ATOMS_ALONE)
    many = site.run("bench.people", options.chats, ATOMS_TOGETHER)
    scripts = size.page_js(site.url, **one)
    cpu = size.cpu_s(site.web), size.cpu_s(site.worker)
    alone = uvloop.run(
        load.alone(site, one, other, turns=options.turns, warm_up=options.warm_up)
    )
    a_turn = 1000 / (options.turns + options.warm_up)
    web_cpu_ms = (size.cpu_s(site.web) - cpu[0]) * a_turn
    worker_cpu_ms = (size.cpu_s(site.worker) - cpu[1]) * a_turn
    idle_web, idle_worker = size.memory_of(site.web), size.memory_of(site.worker)
    together = uvloop.run(
        load.together(
            site,
            many,
            seconds=options.seconds,
            every=options.every,
            reply=options.reply,
        )
    )
    loaded = size.memory_of(site.web, site.worker)
    recalled = site.run("bench.recall", options.atoms, options.queries)
    asked = recall.over_http(
        site.url, site.maas_key, recalled["anchor"], options.queries
    )
    http_ms = uvloop.run(asked)
    numbers: dict[str, Any] = {
        **_times(alone, together),
        "direct_ms_p50_c1": percentile(alone.direct_ms, 50),
        "direct_ms_p95_c1": percentile(alone.direct_ms, 95),
        "bare_ms_p50_c1": percentile(alone.bare_ms, 50),
        "bare_ms_p95_c1": percentile(alone.bare_ms, 95),
        "web_cpu_ms_a_turn": web_cpu_ms,
        "worker_cpu_ms_a_turn": worker_cpu_ms,
        "recall_ms_p50_10k": percentile(recalled["ms"], 50),
        "recall_ms_p95_10k": percentile(recalled["ms"], 95),
        "recall_http_ms_p95_10k": percentile(http_ms, 95),
        "rss_mb": idle_web.rss + idle_worker.rss,
        "pss_mb": idle_web.pss + idle_worker.pss,
        "rss_web_mb": idle_web.rss,
        "rss_worker_mb": idle_worker.rss,
        "rss_loaded_mb": loaded.rss,
        "page_js_kb": sum(scripts.first.values()) / 1000,
        "page_js_files": len(scripts.first),
        "page_js_later_kb": sum(scripts.later.values()) / 1000,
        **_counts(alone, together),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[2],
        "python": platform.python_version(),
    }
    return Run(
        {n: round(v, 3) if isinstance(v, float) else v for n, v in numbers.items()}
    )


def _times(alone: Measured, together: Measured) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name in ("before", "after", "added", "shown", "answer"):
        for load_name, measured in (("c1", alone), ("c50", together)):
            values = [getattr(turn, f"{name}_ms") for turn in measured.complete]
            for share in (50, 95):
                numbers[f"{name}_ms_p{share}_{load_name}"] = percentile(values, share)
    return numbers


def _counts(alone: Measured, together: Measured) -> dict[str, int]:
    turns = [*alone.turns, *together.turns]
    return {
        "sends": len(turns),
        "sends_ok": sum(turn.status == OK and turn.complete for turn in turns),
        "sends_refused": sum(turn.status != OK for turn in turns),
        # Where the site is overloaded, recall misses its deadline and turns have none.
        "turns_with_memory_c1": sum(turn.notes > 0 for turn in alone.turns),
        "turns_with_memory_c50": sum(turn.notes > 0 for turn in together.turns),
    }


if __name__ == "__main__":
    main()
