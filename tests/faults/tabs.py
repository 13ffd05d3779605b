"""What happens to pages and to the machine: networks go, laptops sleep, sites deploy."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

from tests.faults.kills import Load
from tests.faults.ledger import Ledger, now
from tests.faults.page import LivePage
from tests.faults.people import STUCK_S, Person, guest, guests, settled, talking, turns
from tests.faults.stand import Stand
from tests.faults.table import Row
from tests.harness.waiting import eventually

LONG_REPLY = 80
"""Words of a reply that shall still be running while something happens to its page."""
BEGUN_WORDS = 5
DEPLOY_S = 40.0
UNREAD = 300
SMALL = 4096
FULL_S = 4.0
HOUR_S = 3600.0
JUMPS_S = (HOUR_S, 0.0, -HOUR_S, 0.0, 5.0, -5.0)
"""Ahead of everybody else, one after the other."""


async def offline(stand: Stand, times: int, seconds: float) -> Row:
    """A page without a network in mid-reply; the reply goes on and the page catches up."""
    row = Row("page_offline")
    ledger = Ledger()
    async with guest(stand, ledger) as person, person.conversation() as page:
        with _replies(stand):
            for _ in range(times):
                sent = await person.say(page, wait=False)
                await _begun(page, sent.reply)
                page.went_offline()
                await asyncio.sleep(seconds)
                page.back()
                began = now()
                await page.finished(sent.reply, within=STUCK_S)
                row.recovered(now() - began)
        await settled(stand, ledger)
        await person.compare(page)
    row.judge(ledger.audit(stand))
    return row


async def tabs(stand: Stand, times: int) -> Row:
    """Disconnections, reloads and second tabs at random moments of replies."""
    row = Row("page_disconnects")
    ledger = Ledger()
    async with AsyncExitStack() as stack:
        person = await stack.enter_async_context(guest(stand, ledger))
        page = await stack.enter_async_context(person.conversation())
        open_pages = [page]
        with _replies(stand, words=30):
            while row.times < times:
                sent = await person.say(page, wait=False)
                for _ in range(random.randint(1, 3)):
                    await asyncio.sleep(random.uniform(0, 0.2))
                    row.times += 1
                    await _disturb(person, open_pages, stack)
                began = now()
                for tab in open_pages:
                    await tab.finished(sent.reply, within=STUCK_S)
                row.recovered(now() - began, times=0)
        await settled(stand, ledger)
        for tab in open_pages:
            await person.compare(tab)
        row.figures = {"tabs": len(open_pages), "gaps": sum(t.gaps for t in open_pages)}
    row.judge(ledger.audit(stand))
    return row


async def _disturb(
    person: Person, pages: list[LivePage], stack: AsyncExitStack
) -> None:
    match random.choice(("disconnect", "reload", "tab")):
        case "disconnect":
            random.choice(pages).drop()
        case "tab" if len(pages) < 6:
            fresh = LivePage.opened(
                person.stand.page_url, pages[0].conversation, person.client
            )
            pages.append(await stack.enter_async_context(fresh))
        case _:
            # A reload is a new tab in the place of the old one.
            tab = random.choice(pages)
            tab.articles.clear()
            tab.live.clear()
            tab.heard.clear()
            tab.drop()
            tab.place((await tab.load()).text)


async def not_reading(stand: Stand) -> Row:
    """A client that opens a socket and never reads; others must not notice."""
    row = Row("page_not_reading")
    ledger = Ledger()
    async with guest(stand, ledger) as person, person.conversation() as page:
        cookies = "; ".join(f"{c.name}={c.value}" for c in person.client.cookies.jar)
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            deaf.connect(("127.0.0.1", int(stand.page_url.rpartition(":")[2])))
            deaf.sendall(_handshake(stand.page_url, page.conversation, cookies))
            row.times += 1
            with _replies(stand, words=UNREAD, gap=0.002):
                began = now()
                await person.say(page)
                row.recover_s = now() - began
            await person.say(page)
        await settled(stand, ledger)
        await person.compare(page)
    row.judge(ledger.audit(stand))
    return row


async def asleep(stand: Stand, seconds: float, load: Load) -> Row:
    """The laptop sleeps for an hour: everything stops, and the time of day has jumped.

    It stops for `seconds` only, which nobody inside can tell from an hour: the clock
    that time-outs use stands still while a machine sleeps.
    """
    row = Row("asleep")
    ledger = Ledger()
    async with talking(stand, ledger, load.people):
        await turns(ledger, load.turns)
        groups = [os.getpgid(stand.web.pid), os.getpgid(stand.worker.pid)]
        for group in groups:
            os.killpg(group, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        stand.clock.jump(HOUR_S)
        for group in groups:
            os.killpg(group, signal.SIGCONT)
        began = now()
        await turns(ledger, 1)
        row.recovered(now() - began)
        await turns(ledger, load.people)
        stand.clock.jump(0)  # as when the time is set right again
        await turns(ledger, load.people)
    row.judge(ledger.audit(stand))
    return row


async def clock_jumps(stand: Stand, times: int, load: Load) -> Row:
    """The time of day of web server and worker jumps to and fro, the database's not."""
    row = Row("clock_jumps")
    ledger = Ledger()
    async with talking(stand, ledger, load.people):
        for number in range(times):
            await turns(ledger, load.turns)
            stand.clock.jump(JUMPS_S[number % len(JUMPS_S)])
            began = now()
            await turns(ledger, 1)
            row.recovered(now() - began)
        await turns(ledger, load.turns)
        stand.clock.jump(0)
    row.judge(ledger.audit(stand))
    return row


async def deploy(stand: Stand, streams: int) -> Row:
    """SIGTERM with that many replies running, while a new web server takes over."""
    row = Row("deploy")
    ledger = Ledger()
    async with AsyncExitStack() as stack:
        open_pages: list[tuple[Person, LivePage]] = []
        people = await stack.enter_async_context(guests(stand, ledger, streams))
        for person in people:
            page = await stack.enter_async_context(person.conversation())
            open_pages.append((person, page))
        with _replies(stand):
            sent = await asyncio.gather(
                *(person.say(page, wait=False) for person, page in open_pages)
            )
            await _begun(open_pages[-1][1], sent[-1].reply)
            began = now()
            old = stand.web
            stand.webs[0] = stand.another_web()
            stack.callback(old.kill)
            os.kill(old.pid, signal.SIGTERM)
            row.recovered(await stand.answers(began))
            late = await person.say(page)
            await asyncio.gather(
                *(
                    page.finished(one.reply, within=STUCK_S)
                    for one, (_, page) in zip(sent, open_pages, strict=True)
                )
            )
        await eventually(lambda: old.ended is not None, "it ends", within=DEPLOY_S)
        await settled(stand, ledger)
        for person, page in open_pages:
            await person.compare(page)
        cut = _cut_off(stand, [one.key for one in (*sent, late)])
        row.figures = {"cut_off": cut}
    verdict = ledger.audit(stand)
    verdict.lost += [f"{cut} replies were cut off by the deploy"] * bool(cut)
    row.judge(verdict)
    return row


async def disk_full(stand: Stand, times: int, load: Load) -> Row:
    """No byte left for the database: refusals, and nothing lost once there is room."""
    row = Row("database_disk_full")
    ledger = Ledger()
    filler = stand.database.files.var_dir / "filler"
    async with talking(stand, ledger, load.people):
        for _ in range(times):
            await turns(ledger, load.turns)
            filled = await asyncio.to_thread(_fill, filler)
            assert filled, "the disk was full before"
            await asyncio.sleep(FULL_S)
            filler.unlink()
            began = now()
            await stand.answers(began, within=STUCK_S)
            await turns(ledger, 1)
            row.recovered(now() - began)
        await turns(ledger, load.turns)
    row.judge(ledger.audit(stand), ends_writers=True)
    return row


def _fill(path: Path) -> int:
    """Write until nothing fits any more; how many bytes did."""
    written = 0
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while count := file.write(bytes(64 * 1024)):
            written += count
    return written


async def _begun(page: LivePage, message: str) -> None:
    """Wait until some words of this reply are on the page."""
    generation = page.articles[message].generation
    await eventually(
        lambda: len(page.live.get(generation, "").split()) >= BEGUN_WORDS,
        "the reply is streaming",
        within=STUCK_S,
    )


def _cut_off(stand: Stand, keys: list[str]) -> int:
    row = stand.rows(
        "SELECT count(*) AS n FROM conversations_generation g"
        " JOIN conversations_message r ON r.id = g.message_id"
        " JOIN conversations_message m ON m.id = r.parent_id"
        " WHERE g.status <> 'complete' AND m.key = ANY(%s::uuid[])",
        keys,
    )[0]
    return int(row["n"])


@contextmanager
def _replies(
    stand: Stand, *, words: int = LONG_REPLY, gap: float = 0.04
) -> Iterator[None]:
    before = stand.model.words, stand.model.gap
    stand.model.words, stand.model.gap = words, gap
    try:
        yield
    finally:
        stand.model.words, stand.model.gap = before


def _handshake(url: str, conversation: str, cookies: str) -> bytes:
    lines = [
        f"GET /ws/c/{conversation}/ HTTP/1.1",
        f"Host: {url.removeprefix('http://')}",
        f"Origin: {url}",
        f"Cookie: {cookies}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
