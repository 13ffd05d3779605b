"""`kill -9` of each part at random moments and at every named point of a turn."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.crashing import KILLED
from tests.faults.ledger import Ledger, now
from tests.faults.people import talking
from tests.faults.points import process_of
from tests.faults.stand import Stand
from tests.faults.table import Row
from tests.harness.processes import Process
from tests.harness.waiting import eventually

REACHED_S = 120.0
JOBS_S = 120.0
PASSES = 4
"""A point is killed at its first to fourth pass, whichever comes up."""
WAITING = """
    SELECT count(*) AS jobs FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND queue_name = 'learn'
      AND (scheduled_at IS NULL OR scheduled_at <= now()) AND id <= %s
"""


@dataclass(frozen=True)
class Load:
    """Who talks meanwhile, and how many turns there shall be for each kill."""

    people: int = 12
    turns: int = 10


async def kill_web(stand: Stand) -> float:
    """The web server dies; seconds until it serves again."""
    began = now()
    stand.restart(stand.web)
    return await stand.answers(began)


async def kill_worker(stand: Stand) -> float:
    """The worker dies; seconds until the jobs that were due then have run."""
    newest = stand.rows("SELECT coalesce(max(id), 0) AS id FROM procrastinate_jobs")
    began = now()
    stand.restart(stand.worker)
    await eventually(
        lambda: not stand.rows(WAITING, newest[0]["id"])[0]["jobs"],
        "the jobs that were due run",
        within=JOBS_S,
    )
    return now() - began


async def kill_postgres(stand: Stand) -> float:
    """The database dies; whoever supervises starts it once it is seen dead."""
    began = now()
    killed = stand.kill_postgres()
    await eventually(
        lambda: stand.postgres_pid not in (0, killed), "it is started", within=REACHED_S
    )
    return await stand.answers(began)


async def kill_redis(stand: Stand) -> float:
    """Redis dies, which holds nothing that is not elsewhere."""
    assert stand.redis is not None
    began = now()
    stand.redis.kill()
    await asyncio.to_thread(stand.redis.start)
    return await stand.answers(began)


KINDS: Mapping[str, Callable[[Stand], Awaitable[float]]] = {
    "kill_web": kill_web,
    "kill_worker": kill_worker,
    "kill_postgres": kill_postgres,
    "kill_redis": kill_redis,
}


async def kill_at_random(stand: Stand, kind: str, times: int, load: Load) -> Row:
    """Kill one part again and again while people talk."""
    row = Row(kind)
    if kind == "kill_redis" and stand.redis is None:
        row.skipped = "there is no redis-server"
        return row
    ledger = Ledger()
    async with talking(stand, ledger, load.people):
        for _ in range(times):
            enough = len(ledger.acknowledged) + load.turns
            await _turns(ledger, enough)
            await asyncio.sleep(random.uniform(0, 0.5))
            row.recovered(await KINDS[kind](stand))
            row.kills += 1
    row.judge(ledger.audit(stand))
    return row


async def kill_at_point(stand: Stand, point: str, times: int, load: Load) -> Row:
    """Kill the process that passes this point, as often as asked for."""
    row = Row(f"at_{point.replace(':', '_').replace('.', '_')}")
    process = stand.web if process_of(point) == "web" else stand.worker
    ledger = Ledger()
    stand.restart(process, _at(point))
    try:
        async with talking(stand, ledger, load.people):
            for left in reversed(range(times)):
                if not await _ended(process):
                    row.problems.append(f"{point} was not passed")
                    break
                began = now()
                stand.restart(process, _at(point) if left else "")
                row.recovered(await _back(stand, process, began))
                row.kills += 1
            else:
                await _turns(ledger, len(ledger.acknowledged) + load.turns)
            if process.env["CRASH_AT"]:
                stand.restart(process)
    finally:
        process.env["CRASH_AT"] = ""
    row.judge(ledger.audit(stand))
    return row


def _at(point: str) -> str:
    return f"{point}:{random.randint(1, PASSES)}"


async def _back(stand: Stand, process: Process, began: float) -> float:
    """Seconds until the web server serves again, or has crashed again before it told."""
    if process is stand.worker:
        return 0.0
    answering = asyncio.create_task(stand.answers(began, within=REACHED_S))
    while not answering.done():
        await asyncio.sleep(0.01)
        if process.ended is not None:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            return now() - began
    return await answering


async def _ended(process: Process) -> bool:
    end = now() + REACHED_S
    while process.ended is None:
        if now() > end:
            return False
        await asyncio.sleep(0.01)
    assert process.ended == KILLED, f"ended with {process.ended}:\n{process.tail()}"
    return True


async def _turns(ledger: Ledger, enough: int) -> None:
    """Wait until that many messages were acknowledged, or nobody can talk any more."""
    end = now() + REACHED_S
    while len(ledger.acknowledged) < enough and now() < end and not ledger.problems:
        await asyncio.sleep(0.02)


def spread(kills: int, kinds: Sequence[str]) -> Mapping[str, int]:
    """The kills divided among the kinds."""
    return {
        kind: kills // len(kinds) + (number < kills % len(kinds))
        for number, kind in enumerate(kinds)
    }
