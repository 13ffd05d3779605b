"""`kill -9` of each part at random moments and at every named point of a turn."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tests.faults.crashing import KILLED
from tests.faults.ledger import Ledger, now
from tests.faults.people import talking, turns
from tests.faults.points import POINTS, process_of
from tests.faults.stand import Stand
from tests.faults.table import Row
from tests.harness.processes import Process
from tests.harness.waiting import eventually

REACHED_S = 120.0
JOBS_S = 120.0
PASSES = 4
"""A point is killed at its first to fourth pass, whichever comes up."""
REDIS_HANGS_S = 5.0
WAITING = """
    SELECT count(*) AS jobs FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND queue_name = 'learn' AND id = ANY(%s)
"""
DUE = """
    SELECT id FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND queue_name = 'learn'
      AND (scheduled_at IS NULL OR scheduled_at <= now())
"""


@dataclass(frozen=True)
class Load:
    """Who talks meanwhile, and how many turns there shall be for each kill."""

    people: int = 12
    turns: int = 10


async def kill_web(stand: Stand) -> float:
    """A web server dies; seconds until the site serves again."""
    began = now()
    await stand.restart(random.choice(stand.webs))
    return await stand.answers(began)


async def kill_worker(stand: Stand) -> float:
    """The worker dies; seconds until the jobs that were due then have run."""
    began = now()
    stand.worker.env["CRASH_AT"] = ""
    due = [row["id"] for row in stand.rows(DUE)]
    await stand.restart(stand.worker)
    await eventually(
        lambda: not stand.rows(WAITING, due)[0]["jobs"],
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


async def redis_hangs(stand: Stand) -> float:
    """Redis says nothing for a while; seconds until a message is taken meanwhile."""
    assert stand.redis is not None
    began = now()
    os.kill(stand.redis.pid, signal.SIGSTOP)
    try:
        seconds = await stand.answers(began)
        await asyncio.sleep(REDIS_HANGS_S)
    finally:
        os.kill(stand.redis.pid, signal.SIGCONT)
    return seconds


KINDS: Mapping[str, Callable[[Stand], Awaitable[float]]] = {
    "kill_web": kill_web,
    "kill_worker": kill_worker,
    "kill_postgres": kill_postgres,
    "kill_redis": kill_redis,
}
ENDS_WRITERS = ("kill_web", "kill_postgres")
OF_REDIS = ("kill_redis", "redis_hangs")


async def kill_at_random(stand: Stand, kind: str, times: int, load: Load) -> Row:
    """Kill one part again and again while people talk. Several web servers say so."""
    row = Row(kind if len(stand.webs) == 1 else f"web{len(stand.webs)}_{kind}")
    if kind in OF_REDIS and stand.redis is None:
        row.skipped = "there is no redis-server"
        return row
    break_it = redis_hangs if kind == "redis_hangs" else KINDS[kind]
    ledger = Ledger()
    async with talking(stand, ledger, load.people):
        for _ in range(times):
            await turns(ledger, load.turns)
            await asyncio.sleep(random.uniform(0, 0.5))
            row.recovered(await break_it(stand))
            row.kills += break_it is not redis_hangs
    row.judge(ledger.audit(stand), ends_writers=kind in ENDS_WRITERS)
    return row


def pairs() -> Sequence[tuple[str, ...]]:
    """All points: one of the web server and one of the worker at a time, if there is."""
    web = [point for point in POINTS if process_of(point) == "web"]
    worker = [point for point in POINTS if process_of(point) == "worker"]
    return [tuple(filter(None, both)) for both in zip_longest(web, worker)]


def name_of(point: str) -> str:
    """What the table calls the kills at this point."""
    return f"at_{point.replace(':', '_').replace('.', '_')}"


async def kill_at_points(
    stand: Stand, points: Mapping[str, int], load: Load
) -> list[Row]:
    """Kill each process that passes one of these points, as often as said there.

    At most one point of a process. What is found belongs to all of them: it stands in
    the row of the first, and names the others.
    """
    rows = [Row(name_of(point)) for point in points]
    ledger = Ledger()
    try:
        async with (
            talking(stand, ledger, load.people),
            asyncio.TaskGroup() as group,
        ):
            for row, (point, times) in zip(rows, points.items(), strict=True):
                group.create_task(_kill_at(stand, row, point, times, ledger, load))
    finally:
        for process in (stand.web, stand.worker):
            process.env["CRASH_AT"] = ""
    verdict = ledger.audit(stand)
    if len(rows) > 1 and not verdict.well:
        rows[0].problems.append(f"these kills went together: {', '.join(points)}")
    rows[0].judge(verdict, ends_writers=any(process_of(p) == "web" for p in points))
    return rows


async def kill_at_point(stand: Stand, point: str, times: int, load: Load) -> Row:
    """Kill the process that passes this point, as often as asked for."""
    return (await kill_at_points(stand, {point: times}, load))[0]


async def _kill_at(
    stand: Stand, row: Row, point: str, times: int, ledger: Ledger, load: Load
) -> None:
    process = stand.web if process_of(point) == "web" else stand.worker
    await stand.restart(process, _at(point))
    for left in reversed(range(times)):
        if not await _ended(process):
            row.problems.append(f"{point} was not passed within {REACHED_S:g} s")
            break
        began = now()
        await stand.restart(process, _at(point) if left else "")
        row.recovered(await _back(stand, process, began))
        row.kills += 1
    else:
        await turns(ledger, load.turns)
    if process.env["CRASH_AT"]:
        await stand.restart(process)


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
            return 0.0  # it had served, or it would not have passed the point
    return await answering


async def _ended(process: Process) -> bool:
    end = now() + REACHED_S
    while process.ended is None:
        if now() > end:
            return False
        await asyncio.sleep(0.01)
    assert process.ended == KILLED, f"ended with {process.ended}:\n{process.tail()}"
    return True
