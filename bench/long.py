"""`make bench-long JSON=path`: a conversation of 5,000 messages, and ten thousand of them.

Server time of its page, of what scrolling up asks for, of a jump into its middle and of
its files; the list of 10,000 conversations. In one process, without a network. Then the
same conversation scrolled to its first message, in a browser, on the site as it runs
(`bench.scroll`).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import time
from pathlib import Path
from typing import Any

from bench import scroll
from bench.database import own_database
from bench.site import running_site
from bench.table import Number, Run, percentile, table, write

AIMS: dict[str, Number] = {
    **scroll.AIMS,
    "open_ms_p95": 150,
    "jump_ms_p95": 150,
    "fill_ms_p95": 150,
    "list_ms_p95": 100,
}


def main() -> None:
    """Fill, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers there, too")
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with own_database():
        served = measure(options.messages, options.conversations, options.rounds)
    with running_site() as site:
        scrolled = asyncio.run(scroll.measure(site, options.messages))
    run = Run(
        {
            **served,
            **scrolled,
            "load": round(os.getloadavg()[0], 1),
            "python": platform.python_version(),
        },
        ["Long tasks are by the clock; loads are processor time for sixty messages."],
    )
    print(table(run, AIMS))
    if options.json:
        write(run, options.json)


def measure(count: int, conversations: int, rounds: int) -> dict[str, Number | str]:
    """Each page `rounds` times."""
    from django.test import Client

    from bench import histories
    from chatapp.conversations.models import Conversation, PathEntry
    from chatapp.memories.models import Anchor

    user = histories.person("long")
    talk = histories.conversation(user, count)
    # What a person has who has talked before: nothing is created on the way.
    Anchor.objects.create(
        user=user, lane="character", key=talk.character.slug, maas_id="bench"
    )
    Conversation.objects.bulk_create(
        [
            Conversation(user=user, character=talk.character, title=f"Talk {number}")
            for number in range(conversations)
        ],
        batch_size=1000,
    )
    ids = list(
        PathEntry.objects.filter(conversation=talk)
        .order_by("position")
        .values_list("message", flat=True)
    )
    site: Any = Client(headers={"host": "127.0.0.1"})
    site.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = talk.get_absolute_url()
    asked = {
        "open": page,
        "jump": f"{page}?at={ids[count // 2]}",
        "fill": f"{page}transcript/fill/?before={ids[-60]}",
        "list": "/conversations/",
    }
    numbers: dict[str, Number | str] = {
        "messages": count,
        "conversations": conversations,
    }
    for name, address in asked.items():
        ms, cpu, size = [], [], 0
        for _ in range(rounds + 2):
            began, busy = time.perf_counter(), time.process_time()
            answer = site.get(address)
            ms.append((time.perf_counter() - began) * 1000)
            cpu.append((time.process_time() - busy) * 1000)
            assert answer.status_code == 200, answer
            size = len(answer.content)
        numbers[f"{name}_ms_p50"] = percentile(ms[2:], 50)
        numbers[f"{name}_ms_p95"] = percentile(ms[2:], 95)
        # Of this process alone: what other programs do does not count here.
        numbers[f"{name}_cpu_ms_p50"] = percentile(cpu[2:], 50)
        numbers[f"{name}_kb"] = size / 1000
    for kind in ("md", "json", "html"):
        began = time.perf_counter()
        site.get(f"{page}export.{kind}")
        numbers[f"export_{kind}_ms"] = (time.perf_counter() - began) * 1000
    return numbers


if __name__ == "__main__":
    main()
