"""Jobs of a worker that died are given back, and a worker that hangs is ended."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.worker import Worker

from chatapp.operations import alive, jobs

pytestmark = pytest.mark.django_db(transaction=True)


def _dead_workers_job(seconds_ago: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [seconds_ago],
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " VALUES ('learn', 'nothing', 'doing', %s) RETURNING id",
            [worker],
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


async def _sweep_for(seconds: float, own: Worker | None = None) -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(jobs.sweep_stalled(worker_app, own), seconds)


async def _swept_beside_its_worker(job: int) -> None:
    """As if the worker of that job were a process that only is slow."""
    worker = Worker(app)
    number = worker.worker_id = await sync_to_async(_worker_of)(job)
    showing = asyncio.create_task(alive.show(worker, asyncio.Event()))
    try:
        async with asyncio.timeout(10):
            while not await _is_shown(number):
                pass
        await _sweep_for(0.4)
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _is_shown(worker: int) -> bool:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            return worker in await alive.shown(worker_app)


def _worker_of(job: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT worker_id FROM procrastinate_jobs WHERE id = %s", [job])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(("age", "status"), [(60, "todo"), (3, "todo"), (1, "doing")])
def test_only_the_job_of_a_dead_worker_is_given_back(age: float, status: str) -> None:
    job = _dead_workers_job(age)
    asyncio.run(_sweep_for(0.4))
    assert _status(job) == status


def test_a_worker_that_is_late_does_not_take_its_own_jobs_for_lost() -> None:
    job = _dead_workers_job(60)
    late = Worker(app)
    late.worker_id = _worker_of(job)
    asyncio.run(_sweep_for(0.4, late))
    assert _status(job) == "doing"


@pytest.mark.parametrize(("age", "status"), [(60, "todo"), (3, "doing")])
def test_a_late_worker_that_is_still_there_keeps_its_jobs_a_little_longer(
    age: float, status: str
) -> None:
    job = _dead_workers_job(age)
    asyncio.run(_swept_beside_its_worker(job))
    assert _status(job) == status


def test_a_worker_that_has_stopped_and_does_not_end_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes: list[int] = []

    async def stops_at_once(*_: object, **__: object) -> None:
        """As the library's worker does when the database goes away."""

    async def never_closes() -> None:
        while not codes:
            await asyncio.sleep(0.01)

    monkeypatch.setattr(jobs, "CLOSING_S", 0.05)
    monkeypatch.setattr("os._exit", codes.append)
    monkeypatch.setattr("procrastinate.worker.Worker.run", stops_at_once)
    monkeypatch.setattr("chatapp.wiring.close", never_closes)
    asyncio.run(asyncio.wait_for(jobs.work(), 10))
    assert codes == [1]
