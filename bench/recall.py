"""Recall with many atoms in one anchor: `python -m bench.recall ATOMS QUERIES`.

Run inside the site's settings it measures the path of a turn, the client calling the
service in its own process, and prints `{"anchor": id, "ms": [...]}`. `over_http` asks
the running site's `/v1/recall` for the same.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from collections.abc import Sequence

from bench.sentences import facts, questions
from memory.client import MaasClient

AT_ONCE = 4
LIMIT = 16
"""As a turn asks: eight atoms, and as many again in case some are dropped."""
WORKSPACE = "anchorage"


async def in_process(atoms: int, queries: int) -> dict[str, object]:
    """Fill an anchor, then ask it."""
    from chatapp import wiring

    memory = wiring.memory_client()
    anchor = await memory.create_anchor(
        "Bench", metadata={"lane": f"bench-recall-{atoms}"}
    )
    waiting = iter(facts(atoms))

    async def fill() -> None:
        for content in waiting:
            await memory.store_atom(
                anchor.anchor_id, content, source_type="prd", metadata={}
            )

    await asyncio.gather(*(fill() for _ in range(AT_ONCE)))
    ms = await _ask(memory, anchor.anchor_id, questions(queries))
    await wiring.close()
    return {"anchor": anchor.anchor_id, "ms": ms}


async def over_http(url: str, key: str, anchor: str, queries: int) -> list[float]:
    """Ask the same over a socket; milliseconds for each query."""
    memory = MaasClient(url, key, WORKSPACE)
    try:
        return await _ask(memory, anchor, questions(queries))
    finally:
        await memory.aclose()


async def _ask(memory: MaasClient, anchor: str, texts: Sequence[str]) -> list[float]:
    for text in texts[:5]:  # the index is built by the first call, once
        await memory.recall(anchor, text, limit=LIMIT)
    took = []
    for text in texts:
        began = time.perf_counter()
        await memory.recall(anchor, text, limit=LIMIT)
        took.append((time.perf_counter() - began) * 1000)
    return took


def main() -> None:
    """Measure in this process and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("atoms", type=int)
    parser.add_argument("queries", type=int)
    options = parser.parse_args()

    import django
    import uvloop

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    django.setup()
    print(json.dumps(uvloop.run(in_process(options.atoms, options.queries))))


if __name__ == "__main__":
    main()
