"""`make bench-stream JSON=path`: what streaming a reply costs, and how late words come.

forward: the model wrote a word until the page had it, which is the runner's receiving it
and a little more. docs/benchmarks.md says how to read the numbers.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop

from bench import streaming
from bench.load import set_pace
from bench.site import Site, address_of, running_site
from bench.streaming import FOR_EVER, TOKENS_PER_SECOND, Streamed
from bench.table import Number, Run, percentile, table, write
from tests.harness.processes import Process, free_port
from tests.harness.redis import running_redis

AIMS = {
    "forward_ms_p50": 2,
    "forward_ms_p99": 40,
    "cross_ms_p50": 40,
    "our_us_per_token": 100,
    "bytes_per_reply": 25_000,
    "rss_mb_2000_pages": 200,
}
LATE_MS = 40.0
"""Past this, the slowest hundredth of the words, the server is overloaded."""
ENOUGH = 0.95
"""The least share of the words that has to arrive while it is measured."""
ALONE = 100
"""Replies at once that are read without the site."""
OPTIONS: dict[str, tuple[float, str]] = {
    "streams": (300, "replies at once, at most"),
    "step": (50, "so many more of them at a time, until it breaks"),
    "seconds": (4, "how long each load is measured"),
    "cross": (30, "replies that are written in one process and shown by another"),
    "pages": (1000, "idle pages, from which 2,000 are counted"),
}


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    for name, (default, about) in OPTIONS.items():
        parser.add_argument(
            f"--{name}", type=type(default), default=default, help=about
        )
    options = parser.parse_args()
    with running_site() as site:
        run = measure(site, options)
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)
    sys.exit(0 if run.numbers["words_heard"] else 1)


def measure(site: Site, options: argparse.Namespace) -> Run:
    """All measurements, one after the other."""
    numbers: dict[str, Any] = {}
    _say("the model without the site")
    numbers |= _alone(site, options)
    _say("people")
    people = site.run("bench.people", max(options.streams, options.cross), 0)
    _say("idle pages")
    numbers |= _pages(site, people, options)
    numbers |= _loads(site, people[: options.streams], options)
    _say("two web servers")
    direct = numbers["direct_cpu_s_per_1k_tokens"]
    numbers["our_us_per_token"] = (numbers["cpu_s_per_1k_tokens"] - direct) * 1000
    numbers |= _across(site, people[: options.cross], options)
    numbers |= {
        "cores": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[2],
        "python": platform.python_version(),
    }
    return Run(
        {n: round(v, 3) if isinstance(v, float) else v for n, v in numbers.items()}
    )


def _say(what: str) -> None:
    """What comes next: a run takes minutes."""
    print(f"{time.strftime('%X')} {what}", file=sys.stderr, flush=True)


def _alone(site: Site, options: argparse.Namespace) -> dict[str, Number]:
    """The same model without the site: read only, and sent on by a bare consumer."""
    set_pace(site, words=FOR_EVER, seconds=1 / TOKENS_PER_SECOND, kind="stamps")
    streams = min(options.streams, ALONE)
    words = (site.model_url, streams, options.seconds)
    read = site.run("bench.bare_stream", "direct", *words)
    port = free_port()
    command = ["-m", "bench.bare_stream", "consumer", site.model_url, str(port)]
    process = Process("consumer", command, env=site.env, log_dir=site.directory)
    url = f"http://127.0.0.1:{port}"
    process.wait_for_socket(url)
    try:
        sent = uvloop.run(streaming.bare(url, streams, process, options.seconds))
    finally:
        process.stop()
    return {
        "direct_cpu_s_per_1k_tokens": read["cpu_s"] / max(1, read["tokens"]) * 1000,
        "bare_cpu_s_per_1k_tokens": sent.cpu_s_per_1k,
        "bare_ms_p50": percentile(sent.late_ms, 50),
        "bare_ms_p99": percentile(sent.late_ms, 99),
    }


def _pages(
    site: Site, people: list[dict[str, str]], options: argparse.Namespace
) -> dict[str, Number]:
    """Idle pages first: nothing else has grown the process yet."""
    uvloop.run(streaming.idle(site.url, people, 50, site.web))  # what it loads once
    grown = uvloop.run(streaming.idle(site.url, people, options.pages, site.web))
    reply = uvloop.run(streaming.one_reply(site, people[0]))
    return {
        "pages": options.pages,
        "rss_mb_2000_pages": grown * 2000 / options.pages,
        "bytes_per_reply": reply.bytes,
        "frames_per_reply": reply.frames,
    }


def _loads(
    site: Site, people: list[dict[str, str]], options: argparse.Namespace
) -> dict[str, Number]:
    """More and more replies at once, until words come late: where does it break?"""
    return uvloop.run(_grown(site, people, options))


async def _grown(
    site: Site, people: list[dict[str, str]], options: argparse.Namespace
) -> dict[str, Number]:
    growing = streaming.Growing(site, (site.web, site.url))
    numbers: dict[str, Number] = {"breaks_at_streams": 0}
    reached = 0
    while reached < len(people):
        some = people[reached : reached + options.step]
        reached += len(some)
        _say(f"{reached} replies at once")
        try:
            await growing.grow(some)
            measured = await growing.measured(options.seconds)
        except (TimeoutError, OSError) as exc:
            _say(f"  they do not all begin: {exc!r}")
            numbers["breaks_at_streams"] = reached
            break
        found = _of(measured)
        numbers |= {f"{name}_{reached}": value for name, value in found.items()}
        holds = (
            found["forward_ms_p99"] <= LATE_MS and found["words_heard_share"] >= ENOUGH
        )
        if holds or "streams" not in numbers:
            numbers |= {"streams": reached, **found}
        if not holds:
            numbers["breaks_at_streams"] = reached
            break
    await growing.end()
    if "streams" not in numbers:
        msg = "no reply began"
        raise RuntimeError(msg)
    return numbers


def _of(measured: Streamed) -> dict[str, Number]:
    return {
        "forward_ms_p50": percentile(measured.late_ms, 50),
        "forward_ms_p99": percentile(measured.late_ms, 99),
        "cpu_s_per_1k_tokens": measured.cpu_s_per_1k,
        "words_heard": len(measured.late_ms),
        "words_heard_share": len(measured.late_ms) / measured.due,
    }


def _across(
    site: Site, people: list[dict[str, str]], options: argparse.Namespace
) -> dict[str, Number]:
    """From one web server to the pages of another, through Redis."""
    if shutil.which("redis-server") is None:
        return {"cross_ms_p50": 0, "cross_ms_p99": 0, "cross_streams": 0}
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis())
        one, other = (
            stack.enter_context(site.another_web(REDIS_URL=redis.url)) for _ in range(2)
        )
        measured = uvloop.run(
            streaming.streamed(
                site,
                people,
                seconds=options.seconds,
                writes=(one, address_of(one)),
                shows=address_of(other),
            )
        )
    return {
        "cross_ms_p50": percentile(measured.late_ms, 50),
        "cross_ms_p99": percentile(measured.late_ms, 99),
        "cross_streams": measured.streams,
    }


if __name__ == "__main__":
    main()
