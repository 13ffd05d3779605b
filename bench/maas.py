"""`make bench-maas JSON=path`: the memory service at the sizes of a real product.

Recall through the API with its session written, warm, cold, over a person's anchors and
by ten callers at once; atoms written; the process with its cache full.
docs/scale.md says how to read the numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import filling, size
from bench.caller import Caller
from bench.memory_service import MemoryService, memory_service
from bench.sentences import facts, questions
from bench.table import Number, Run, percentile, table, write

CALLERS = 10
BATCH_CALLERS = 2
WARM_UP = 10
LIMIT = 10
PERSON = "person-50"
AIMS: dict[str, Number] = {
    "recall_ms_p95_1k": 8,
    "recall_ms_p95_10k": 10,
    "recall_ms_p95_100k": 25,
    "recall_ms_p95_user50": 25,
    "recall_ms_p95_10_callers": 40,
    "recall_ms_p95_10_callers_10k": 40,
    "recall_ms_cold_1k": 60,
    "recall_ms_cold_10k": 150,
    "recall_ms_cold_100k": 1_000,
    "rss_mb": 300,
}
LEAST = {"writes_per_s": 1_500}
OPTIONS: dict[str, tuple[int, str]] = {
    "small": (1_000, "atoms in the smallest anchor"),
    "middle": (10_000, "atoms in the middle one"),
    "large": (100_000, "atoms in the largest one"),
    "anchors": (50, "anchors of the person"),
    "each": (100, "atoms in each of them"),
    "total": (300_000, "atoms in all; 1000000 for the whole table"),
    "queries": (300, "recalls at each size"),
    "cold": (8, "cold recalls at each size"),
}


@dataclass(frozen=True)
class Scopes:
    """What is asked: the body of a recall for each scope, and anchors for the cache."""

    bodies: dict[str, tuple[str, dict[str, object]]]
    others: list[str]


def main() -> None:
    """Fill, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    for name, (default, about) in OPTIONS.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=about)
    options = parser.parse_args()
    with memory_service() as service:
        run = uvloop.run(measure(service, options))
    print(table(run, AIMS, LEAST))
    if options.json:
        write(run, options.json)


async def measure(service: MemoryService, options: argparse.Namespace) -> Run:
    """All measurements, one after the other."""
    numbers: dict[str, Number | str] = {}
    with service.serving() as (_, url):
        scopes = await _fill(service, url, options, numbers)
    texts = questions(options.queries + WARM_UP)
    with service.serving() as (process, url):
        caller = service.caller(url)
        before = size.memory_of(process).rss
        for name, (path, body) in scopes.bodies.items():
            ms = [await _ask(caller, path, body, text) for text in texts][WARM_UP:]
            numbers[f"recall_ms_p50_{name}"] = percentile(ms, 50)
            numbers[f"recall_ms_p95_{name}"] = percentile(ms, 95)
        for name, scope in (("", "1k"), ("_10k", "10k")):
            ms = await _together(service, url, scopes.bodies[scope], texts)
            numbers[f"recall_ms_p50_10_callers{name}"] = percentile(ms, 50)
            numbers[f"recall_ms_p95_10_callers{name}"] = percentile(ms, 95)
        for anchor, text in zip(
            scopes.others, texts * len(scopes.others), strict=False
        ):
            await _ask(caller, "/v1/recall", {"anchor_id": anchor}, text)
        numbers["rss_mb"] = size.memory_of(process).rss - before
    # A cache that holds one index: whatever was asked before has pushed it out.
    with service.serving(MAAS_INDEX_MB=0) as (_, url):
        caller = service.caller(url)
        for name, (path, body) in scopes.bodies.items():
            ms = []
            for text in texts[: options.cold]:
                await _ask(caller, "/v1/recall", {"anchor_id": scopes.others[0]}, text)
                ms.append(await _ask(caller, path, body, text))
            numbers[f"recall_ms_cold_{name}"] = percentile(ms, 95)
    [(numbers["atoms"],)] = service.rows("SELECT count(*) FROM maas_atom")
    [(held,)] = service.rows("SELECT pg_total_relation_size('maas_atom')")
    numbers["database_bytes_per_atom"] = held / int(numbers["atoms"])
    numbers["cores"] = len(os.sched_getaffinity(0))
    numbers["load_after"] = os.getloadavg()[0]
    numbers["python"] = platform.python_version()
    return Run(
        {n: round(v, 3) if isinstance(v, float) else v for n, v in numbers.items()}
    )


async def _fill(
    service: MemoryService,
    url: str,
    options: argparse.Namespace,
    numbers: dict[str, Number | str],
) -> Scopes:
    callers = [service.caller(url) for _ in range(CALLERS)]
    said = facts(options.large)
    sizes = {"1k": options.small, "10k": options.middle, "100k": options.large}
    lanes = {name: await filling.lane(callers[0], name) for name in sizes}
    people = {name: said[:count] for name, count in sizes.items()}
    batches = await filling.ingest(callers[:BATCH_CALLERS], people)
    numbers["writes_per_s"] = batches.per_second
    bodies: dict[str, tuple[str, dict[str, object]]] = {
        name: ("/v1/recall", {"anchor_id": anchor}) for name, anchor in lanes.items()
    }
    theirs = {
        await filling.lane(callers[0], f"{PERSON}-{number}"): said[
            number * options.each % options.large :
        ][: options.each]
        for number in range(options.anchors)
    }
    singles = await filling.write(callers, theirs, PERSON)
    numbers["single_writes_per_s"] = singles.per_second
    bodies["user50"] = ("/v1/memory/recall", {"user_external_id": PERSON})
    held = batches.atoms + singles.atoms
    others = filling.copy(service, lanes["100k"], options.total - held)
    return Scopes(bodies, others or list(theirs))


async def _ask(caller: Caller, path: str, body: dict[str, object], text: str) -> float:
    return await caller.timed(path, {**body, "query": text, "limit": LIMIT})


async def _together(
    service: MemoryService,
    url: str,
    scope: tuple[str, dict[str, object]],
    texts: list[str],
) -> list[float]:
    """Milliseconds of callers that each ask again as soon as they are answered."""
    waiting = iter(texts * 2)
    ms: list[float] = []

    async def work(caller: Caller) -> None:
        for text in waiting:
            ms.append(await _ask(caller, *scope, text))

    await asyncio.gather(*(work(service.caller(url)) for _ in range(CALLERS)))
    return ms[CALLERS:]


if __name__ == "__main__":
    main()
