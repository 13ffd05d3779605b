"""Puts atoms into the memory service: through its API, and many more as copies.

Anchors of the sizes that are asked are filled by calls that others would make, and
timed. What only has to be there, so that the total is large, is copied in the database:
rows are the same whoever wrote them.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass

from bench.caller import Caller
from bench.memory_service import MemoryService

A_BATCH = 500  # messages that one ingest may carry
A_COPY = 100  # atoms in each copied anchor
COPY_ANCHORS = """
INSERT INTO maas_anchor (id, workspace_id, name, type, metadata, seq, created_at)
SELECT gen_random_uuid(), a.workspace_id, 'copy', 'chat-log', '{}', %s, now()
FROM maas_anchor a, generate_series(1, %s) WHERE a.id = %s RETURNING id::text
"""
COPY_ATOMS = """
INSERT INTO maas_atom (id, anchor_id, seq, content, source_type, metadata, confidence,
    user_external_id, part, terms, vector, embedded_by, helped, hurt, created_at)
SELECT gen_random_uuid(), copy.id, (atom.seq - 1) %% %s + 1, content, source_type, metadata,
    confidence, '', part, terms, vector, embedded_by, helped, hurt, created_at
FROM maas_atom atom
JOIN unnest(%s::uuid[]) WITH ORDINALITY AS copy (id, number)
    ON copy.number = (atom.seq - 1) / %s + 1
WHERE atom.anchor_id = %s
"""


@dataclass(frozen=True)
class Filled:
    """How many atoms were written in which time."""

    atoms: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Atoms a second."""
        return self.atoms / self.seconds


async def lane(caller: Caller, user: str) -> str:
    """The anchor that ingest keeps a person's messages in."""
    body = {"name": f"Bench {user}", "metadata": {"lane": f"ingest:{user}"}}
    return str((await caller.post("/v1/anchors", body))["anchor_id"])


async def ingest(callers: list[Caller], people: dict[str, list[str]]) -> Filled:
    """Store each person's statements by `/v1/memory/ingest`, whole batches at a time."""
    batches: list[dict[str, object]] = [
        {
            "user_external_id": user,
            "session_id": f"{user}-{number}",
            "messages": [{"role": "user", "content": text} for text in batch],
        }
        for user, said in people.items()
        for number, batch in enumerate(_in_parts(said, A_BATCH))
    ]
    return await _post_all(
        callers, "/v1/memory/ingest", batches, sum(map(len, people.values()))
    )


async def write(
    callers: list[Caller], anchors: dict[str, list[str]], user: str
) -> Filled:
    """Store statements about a person by `/v1/atoms`, one call each."""
    atoms: list[dict[str, object]] = [
        {
            "anchor_id": anchor,
            "content": content,
            "source_type": "prd",
            "metadata": {"user_external_id": user, "confidence": 0.9},
        }
        for anchor, contents in anchors.items()
        for content in contents
    ]
    return await _post_all(callers, "/v1/atoms", atoms, len(atoms))


def copy(service: MemoryService, source: str, count: int) -> list[str]:
    """Copy an anchor's atoms, `A_COPY` to an anchor, until `count` are there."""
    [(held,)] = service.rows(
        "SELECT count(*) FROM maas_atom WHERE anchor_id = %s", source
    )
    made: list[str] = []
    while len(made) * A_COPY < count:
        number = min(held, count - len(made) * A_COPY) // A_COPY or 1
        found = service.rows(COPY_ANCHORS, A_COPY, number, source)
        anchors = [anchor for (anchor,) in found]
        service.rows(COPY_ATOMS, A_COPY, anchors, A_COPY, source)
        made += anchors
    service.rows("ANALYZE maas_atom")
    return made


async def _post_all(
    callers: list[Caller], path: str, bodies: list[dict[str, object]], atoms: int
) -> Filled:
    waiting = iter(bodies)

    async def work(caller: Caller) -> None:
        for body in waiting:
            await caller.post(path, body)

    began = time.perf_counter()
    await asyncio.gather(*map(work, callers))
    return Filled(atoms, time.perf_counter() - began)


def _in_parts(texts: list[str], size: int) -> list[list[str]]:
    rest = iter(texts)
    return list(iter(lambda: list(itertools.islice(rest, size)), []))
