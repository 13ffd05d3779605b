"""When the memory service is back, what waited for it goes on by itself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connection, connections
from pytest_django import Settings

from chatapp import wiring
from chatapp.accounts.models import User
from chatapp.memories import queue
from chatapp.memories.models import Anchor
from chatapp.memories.pause import pause, paused
from chatapp.operations import outages
from memory.breaker import Breaker
from memory.errors import (
    BillingBlocked,
    KeyRefused,
    MemoryAPIError,
    MemoryNotFound,
    MemoryUnavailable,
)
from tests.harness.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


class Service:
    """Answers as queued, then well; keeps what it was asked."""

    def __init__(self) -> None:
        self.errors: deque[MemoryAPIError] = deque()
        self.asked: list[tuple[str, str]] = []

    async def recall(self, anchor_id: str, query: str, **_: Any) -> None:
        self._answer("recall", anchor_id)

    async def recall_user(self, query: str, *, anchor_id: str, **_: Any) -> None:
        self._answer("recall_user", anchor_id)

    def _answer(self, call: str, anchor_id: str) -> None:
        self.asked.append((call, anchor_id))
        if self.errors:
            error = self.errors.popleft()
            if isinstance(error, MemoryUnavailable):
                wiring.BREAKER.failed()
            raise error
        wiring.BREAKER.succeeded()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Service:
    """The memory service, a closed breaker, and no patience."""
    service = Service()
    monkeypatch.setattr(wiring, "memory_client", lambda: service)
    monkeypatch.setattr(wiring, "BREAKER", Breaker(probe_every=0.05))
    monkeypatch.setattr(outages, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(outages, "UNJUMP_EVERY", 10**9)
    settings.MEMORY_PROBE_S = 0.0
    return service


@pytest_asyncio.fixture(autouse=True)
async def _no_job_left(transactional_db: None) -> AsyncIterator[None]:
    """The job library's tables are not among those that Django empties."""
    await sync_to_async(_empty)()
    yield
    await sync_to_async(connections.close_all)()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


@asynccontextmanager
async def watching(watch: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def job(*, name: str = queue.LEARN, attempts: int = 3, wait_s: int = 3600) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, attempts, scheduled_at)"
            " VALUES (%s, 'learn_turn', %s, now() + make_interval(secs => %s))",
            [name, attempts, wait_s],
        )


def due() -> int:
    """How many jobs a worker would take now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'learn'"
            " AND coalesce(scheduled_at <= now(), true)"
        )
        return int(cursor.fetchone()[0])


async def comes_due(count: int = 1) -> None:
    """Wait until a worker would take so many jobs."""

    async def has_come() -> bool:
        return await sync_to_async(due)() >= count

    await eventually(has_come, f"{count} jobs come due")


async def test_an_open_breaker_is_tried_until_it_closes(service: Service) -> None:
    for _ in range(5):
        wiring.BREAKER.failed()
    service.errors.extend(MemoryUnavailable("away") for _ in range(3))
    async with watching(outages.watch_breaker):
        await eventually(lambda: wiring.BREAKER.state == "closed", "it closes")
    assert service.asked == [("recall_user", "probe")] * 4


async def test_jobs_that_waited_are_due_once_the_breaker_closes(
    service: Service,
) -> None:
    for _ in range(5):
        wiring.BREAKER.failed()
    service.errors.extend(MemoryUnavailable("away") for _ in range(2))
    async with watching(outages.watch_jobs):
        await eventually(lambda: len(service.asked) == 1, "it is tried")
        await sync_to_async(job)()
        await sync_to_async(job)(attempts=0, wait_s=60)
        await comes_due()
    assert await sync_to_async(due)() == 1


async def test_a_new_worker_looks_at_once_after_what_waits(service: Service) -> None:
    await sync_to_async(job)()
    async with watching(outages.watch_jobs):
        await comes_due()
    assert service.asked == []


@pytest.mark.parametrize(
    "error", [BillingBlocked("unpaid"), KeyRefused("bad key"), MemoryUnavailable("x")]
)
async def test_a_pause_lasts_until_the_service_admits_the_site(
    service: Service, error: MemoryAPIError
) -> None:
    await sync_to_async(job)(name=queue.PARKED)
    await sync_to_async(pause)(BillingBlocked("unpaid"))
    service.errors.extend([error, error])
    async with watching(outages.watch_jobs):
        await comes_due()
    assert await sync_to_async(paused)() is None
    assert len(service.asked) == 3, "both refusals left the pause as it was"


async def test_the_service_is_asked_for_an_anchor_of_ours(service: Service) -> None:
    person = await User.objects.acreate(username="mina")
    await Anchor.objects.acreate(user=person, lane="character", key="a")
    await Anchor.objects.acreate(user=person, lane="character", key="b", maas_id="x")
    service.errors.append(MemoryNotFound("no such anchor"))
    assert await outages.admitted()
    assert service.asked == [("recall", "x")]


async def test_a_job_that_went_aside_as_the_pause_ended_comes_back(
    service: Service,
) -> None:
    async with watching(outages.watch_jobs):
        await sync_to_async(job)(name=queue.PARKED)
        await comes_due()


@pytest.mark.parametrize(("attempts", "wait_s"), [(0, 60), (1, 600)])
async def test_what_a_jump_of_the_clock_has_put_off_is_due_again(
    service: Service, monkeypatch: pytest.MonkeyPatch, attempts: int, wait_s: int
) -> None:
    await sync_to_async(job)()
    async with watching(outages.watch_jobs):
        await comes_due()  # the first look, for what an earlier worker has left
        await sync_to_async(job)(attempts=attempts, wait_s=wait_s)
        assert await sync_to_async(due)() == 1
        monkeypatch.setattr(outages, "UNJUMP_EVERY", 1)
        await comes_due(2)
