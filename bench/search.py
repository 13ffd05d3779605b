"""`make bench-search JSON=path`: finding something among 200,000 messages of one person.

The search itself and its page, for common and rare words, several words, phrases, Korean
and Japanese; beside as many messages of others. docs/benchmarks.md says how to read it.
"""

from __future__ import annotations

import argparse
import platform
import time
from pathlib import Path
from typing import Any

from bench.database import own_database
from bench.table import Number, Run, percentile, table, write

AIMS: dict[str, Number] = {"search_ms_p95": 100, "search_page_ms_p95": 150}
EACH = 500
"""Messages in a conversation."""
QUERIES = {
    "common": ("user", "forgotten", "tell way"),
    "usual": ("cello", "beekeeping Leeds", "watercolour midwife"),
    "rare": ("zebrafinch7", "zebrafinch3 not", "147500"),
    "absent": ("wombat", "cello wombat", "zebrafinch99999x"),
    "phrase": ('"rainy jazz"', '"mushroom hunting"', '"the short way"'),
    "korean": ("고양이", "버섯을", "재즈"),
    "japanese": ("猫", "きのこ", "ジャズを聴き"),
}


def main() -> None:
    """Fill, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with own_database():
        run = measure(options.messages, options.rounds)
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)


def measure(count: int, rounds: int) -> Run:
    """Every query `rounds` times, one after the other."""
    from django.db import connection
    from django.test import Client

    from bench import histories
    from chatapp.conversations.searching import search
    from chatapp.conversations.sought import sought

    mine, other = histories.person("mine"), histories.person("other")
    began = time.perf_counter()
    for begin in range(0, count, EACH):
        histories.conversation(mine, EACH, begin=begin)
        histories.conversation(other, EACH, begin=begin)
    filled = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE conversations_searchterms")
        cursor.execute("SELECT pg_total_relation_size('conversations_searchterms')")
        [held] = cursor.fetchone() or [0]
    site: Any = Client(headers={"host": "127.0.0.1"})
    site.force_login(mine, backend="django.contrib.auth.backends.ModelBackend")
    numbers: dict[str, Number | str] = {
        "messages": count,
        "messages_of_others": count,
        "fill_s": filled,
        "index_bytes_per_message": held / (2 * count),
    }
    every: list[float] = []
    pages: list[float] = []
    for kind, queries in QUERIES.items():
        ms: list[float] = []
        for query in queries * rounds:
            began = time.perf_counter()
            search(mine, sought(query))
            between = time.perf_counter()
            site.get("/find/", {"q": query})
            ms.append((between - began) * 1000)
            pages.append((time.perf_counter() - between) * 1000)
        numbers[f"search_ms_p95_{kind}"] = percentile(ms, 95)
        every += ms
    numbers["search_ms_p50"] = percentile(every, 50)
    numbers["search_ms_p95"] = percentile(every, 95)
    numbers["search_page_ms_p50"] = percentile(pages, 50)
    numbers["search_page_ms_p95"] = percentile(pages, 95)
    numbers["python"] = platform.python_version()
    return Run(numbers)


if __name__ == "__main__":
    main()
