"""People who talk to the site while it breaks, and pages that show them what they see.

A person presses Send again with the same key until the site has answered, as the page
does; waits for the reply to end on the page; and starts a new conversation now and then,
so that replies have something to remember.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from tests.faults.ledger import LATE_S, LOST_S, Ledger, Sent, now, unsettled
from tests.faults.model import mark, message
from tests.faults.page import LivePage
from tests.faults.stand import Stand

AGAIN_S = 0.2
STUCK_S = 90.0
SETTLED_S = 120.0
SETTLED_EVERY_S = 0.1
TURNS_S = 120.0
TURNS_OF_A_CONVERSATION = 3
CONVERSATIONS_OF_A_GUEST = 4
"""With two characters: each has a memory of the first conversation in the second."""
CHARACTERS = ("ailsa", "des", "ines", "teodor")
PAUSE_S = 20.0
UNLEARNT = """
    SELECT count(*) AS left FROM memories_turnrecord t
    JOIN conversations_generation g ON g.id = t.generation_id
    JOIN conversations_message m ON m.id = g.message_id
    WHERE m.conversation_id = %s AND t.learnt_at IS NULL
"""
CONVERSATION = re.compile(r"/c/([0-9a-f-]{36})/")


class Person:
    """A guest with one tab. `pages` keeps every conversation that was left."""

    def __init__(self, stand: Stand, ledger: Ledger, number: int) -> None:
        self.stand = stand
        self.ledger = ledger
        self.number = number
        self.slug = CHARACTERS[number % len(CHARACTERS)]
        self.client = httpx.AsyncClient(
            base_url=stand.page_url, trust_env=False, timeout=8
        )

    async def live(self, stop: asyncio.Event) -> None:
        """Enter and talk until told to stop; a turn that has begun is finished."""
        try:
            while not stop.is_set():
                self.client.cookies.clear()  # a new guest
                await self.enter()
                for number in range(CONVERSATIONS_OF_A_GUEST):
                    if not stop.is_set():
                        self.slug = CHARACTERS[(self.number + number // 2) % 4]
                        conversation = await self._converse(stop)
                        if number % 2 == 0:
                            await self._learnt(conversation, stop)
        except AssertionError as exc:
            self.ledger.problems.append(str(exc))
        finally:
            await self.client.aclose()

    async def _converse(self, stop: asyncio.Event) -> str:
        async with self.conversation() as page:
            for _ in range(TURNS_OF_A_CONVERSATION):
                await self.say(page)
                if stop.is_set():
                    break
            await self.compare(page)
            return page.conversation

    async def _learnt(self, conversation: str, stop: asyncio.Event) -> None:
        """Pause until the next conversation can remember this one, or for so long."""
        end = now() + PAUSE_S
        while now() < end and not stop.is_set():
            row = await asyncio.to_thread(self.stand.rows, UNLEARNT, conversation)
            if not row[0]["left"]:
                break
            await asyncio.sleep(AGAIN_S)

    @asynccontextmanager
    async def conversation(self) -> AsyncIterator[LivePage]:
        """A new conversation, open in a tab."""
        answer = await self.post(f"/characters/{self.slug}/start/", {})
        found = CONVERSATION.search(answer.headers.get("location", ""))
        assert found, f"no conversation: {answer.status_code} {answer.text[:200]}"
        async with LivePage.opened(self.stand.page_url, found[1], self.client) as page:
            yield page

    async def say(self, page: LivePage, *, wait: bool = True) -> Sent:
        """Send a message until it is acknowledged; with `wait`, until its reply ended."""
        name = mark()
        sent = Sent(name, message(name), page.conversation)
        self.ledger.sent.append(sent)
        form = {"text": sent.text, "key": sent.key}
        answer = await self.post(f"/c/{page.conversation}/send/", form)
        sent.acknowledged = now()
        articles = page.place(answer.text)
        assert articles, f"the answer shows nothing: {answer.text[:200]}"
        sent.reply = articles[-1].id
        if wait:
            await page.finished(sent.reply, within=STUCK_S)
        return sent

    async def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        """POST until the site takes it; a refusal that is no fault of now is an error."""
        end = now() + STUCK_S
        problem = ""
        while now() < end:
            headers = {
                "X-CSRFToken": self.client.cookies.get("csrftoken") or "",
                "HX-Request": "true",
                "Referer": self.stand.page_url,
            }
            try:
                answer = await self.client.post(path, data=form, headers=headers)
            except httpx.TransportError as exc:
                problem = repr(exc)
            else:
                if answer.status_code in (200, 302, 303):
                    return answer
                problem = f"{answer.status_code} {answer.text[:300]}"
                # 409: the reply before is still running; it will end.
                assert answer.status_code in (409, 429, 500, 502, 503), problem
            await asyncio.sleep(AGAIN_S)
        msg = f"POST {path} is not taken: {problem}"
        raise AssertionError(msg)

    async def compare(self, page: LivePage) -> None:
        """What the tab shows, without a reload, against what the site would show now."""
        rows = self.stand.rows(
            "SELECT m.id::text, m.text FROM conversations_message m"
            " WHERE m.conversation_id = %s ORDER BY m.created_at",
            page.conversation,
        )
        for row in rows:
            article = page.articles.get(row["id"])
            if article is None:
                self.ledger.problems.append(f"message {row['id']} is not on its page")
            elif row["text"].strip() != article.text and not _is_markup(row["text"]):
                what = f"{article.text!r} on the page, {row['text']!r} in the database"
                self.ledger.problems.append(f"message {row['id']}: {what}")
        await self._compare_old_text(page)

    async def _compare_old_text(self, page: LivePage) -> None:
        shown = {a.generation: a for a in page.articles.values() if a.generation}
        for generation, heard in page.heard.items():
            if generation not in shown:
                self.ledger.problems.append(f"generation {generation} has no article")
                continue
            text = shown[generation].text
            live = page.live[generation].strip()
            if not (text.startswith(live) or live.startswith(text)):
                what = f"streamed {live!r}, ended as {text!r}"
                self.ledger.problems.append(f"generation {generation} {what}")
            last = heard[-1][0]
            for age in (LATE_S, LOST_S):
                old = max((n for at, n in heard if at < last - age), default=0)
                if len(live[:old].strip()) > len(text):
                    how = f"{shown[generation].status}: {shown[generation].problem}"
                    missing = f"{old} characters shown for {age} s, {len(text)} stay"
                    fresh = age == LATE_S and shown[generation].status == "interrupted"
                    into = self.ledger.late if fresh else self.ledger.problems
                    into.append(f"generation {generation}: {missing} ({how})")

    async def enter(self) -> None:
        """Press "Try it now"."""
        end = now() + STUCK_S
        while True:
            try:
                await self.client.get("/")
                break
            except httpx.TransportError:
                assert now() < end, "the first page does not come"
                await asyncio.sleep(AGAIN_S)
        await self.post("/guest/", {})


def _is_markup(text: str) -> bool:
    """A greeting: its Markdown is no plain text."""
    return "kq" not in text


@asynccontextmanager
async def talking(stand: Stand, ledger: Ledger, people: int) -> AsyncIterator[None]:
    """People talk while the block runs; behind it everything has come to rest."""
    stop = asyncio.Event()
    persons = [Person(stand, ledger, number) for number in range(people)]
    tasks = [asyncio.create_task(person.live(stop)) for person in persons]
    keeping = asyncio.create_task(stand.supervise())
    try:
        yield
        stop.set()
        await asyncio.gather(*tasks)
        await settled(stand, ledger)
    finally:
        for task in (*tasks, keeping):
            task.cancel()
        await asyncio.gather(*tasks, keeping, return_exceptions=True)


async def settled(stand: Stand, ledger: Ledger) -> None:
    """Wait until no reply runs and every turn is learnt.

    A problem when nothing of it moves for `SETTLED_S`: a long backlog is none.
    """
    left, moved = unsettled(stand), now()
    while left:
        if now() - moved > SETTLED_S:
            ledger.problems.append(f"nothing moves for {SETTLED_S:g} s: {left}")
            return
        await asyncio.sleep(SETTLED_EVERY_S)
        if (still := await asyncio.to_thread(unsettled, stand)) != left:
            left, moved = still, now()


async def turns(ledger: Ledger, more: int, within: float = TURNS_S) -> None:
    """Wait for so many more acknowledged messages, or until nobody can talk any more."""
    enough, end = len(ledger.acknowledged) + more, now() + within
    while len(ledger.acknowledged) < enough and now() < end and not ledger.problems:
        await asyncio.sleep(0.02)


@asynccontextmanager
async def guests(
    stand: Stand, ledger: Ledger, count: int
) -> AsyncIterator[list[Person]]:
    """So many persons, who do only what the block says."""
    async with AsyncExitStack() as stack:
        keeping = asyncio.create_task(stand.supervise())
        stack.callback(keeping.cancel)
        persons = [Person(stand, ledger, number) for number in range(count)]
        for person in persons:
            stack.push_async_callback(person.client.aclose)
            await person.enter()
        yield persons


@asynccontextmanager
async def guest(stand: Stand, ledger: Ledger) -> AsyncIterator[Person]:
    """One person who does only what the block says."""
    async with guests(stand, ledger, 1) as persons:
        yield persons[0]
