"""A person in front of the site: verbs a person would use, found by accessible names."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from playwright.async_api import Browser, Locator, Page, expect

from tests.harness.site import Site
from tests.harness.turn_page import Turn, read_turn
from tests.harness.waiting import eventually

REPLY_MS = 30_000
LEARNING_S = 30.0
CONVERSATION = re.compile(r"/c/([0-9a-f-]{36})/")


@dataclass(frozen=True)
class Reply:
    """A finished reply as the page shows it."""

    text: str
    article: Locator


class Person:
    """One browser profile and its page."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.speaker = ""

    @classmethod
    @asynccontextmanager
    async def visiting(
        cls, browser: Browser, site: Site, **options: Any
    ) -> AsyncIterator[Self]:
        """A new person at `site`; `options` go to the browser profile.

        Without a service worker, unless they say so: Playwright's routes do not see
        what goes through one.
        """
        options = {"service_workers": "block", **options}
        profile = await browser.new_context(base_url=site.url, **options)
        profile.set_default_timeout(15_000)
        try:
            yield cls(await profile.new_page(), site)
        finally:
            await profile.close()

    async def another_tab(self) -> Person:
        """The same person in a second tab."""
        return Person(await self.page.context.new_page(), self.site)

    async def enter_as_guest(self) -> Self:
        """Press "Try it now" on the first page."""
        await self.page.goto("/")
        await self.page.get_by_role("button", name="Try it now").first.click()
        await self.page.wait_for_url(lambda url: "/guest/" not in url)
        return self

    @property
    def conversation_id(self) -> str:
        """The conversation that is open."""
        found = CONVERSATION.search(self.page.url)
        assert found, f"{self.page.url} is not a conversation"
        return found[1]

    @property
    def transcript(self) -> Locator:
        """What was said."""
        return self.page.get_by_role("log", name="Conversation")

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def open_character(self, name: str) -> Self:
        """Start a new conversation with the character of this name."""
        return await self._start("/", name)

    async def open_course(self, title: str, tutor: str) -> Self:
        """Start a new lesson of the course."""
        await self._start("/learn/", title)
        self.speaker = tutor
        return self

    async def _start(self, path: str, name: str) -> Self:
        before = self.page.url
        await self.page.goto(path)
        await self.page.get_by_role("button", name=re.compile(name)).first.click()
        await self.page.wait_for_url(CONVERSATION)
        assert self.page.url != before
        self.speaker = name
        return self

    async def say(self, text: str) -> Reply:
        """Send a message and wait for the whole reply."""
        replies = self.transcript.get_by_role("article", name=self.speaker)
        before = await replies.count()
        await self.send(text)
        await expect(replies).to_have_count(before + 1, timeout=REPLY_MS)
        await self.finished()
        article = replies.nth(before)
        return Reply((await article.inner_text()).strip(), article)

    async def send(self, text: str) -> None:
        """Send a message and wait for nothing."""
        await expect(self.button("Send")).to_be_enabled(timeout=REPLY_MS)
        await self.box.fill(text)
        await self.button("Send").click()

    async def finished(self) -> None:
        """Wait until no reply is being written, on the page and in the database."""
        await expect(self.button("Stop")).to_be_hidden(timeout=REPLY_MS)
        await eventually(lambda: not self._running(), "the reply ends", within=30)

    def _running(self) -> bool:
        return bool(
            self.site.rows(
                "SELECT 1 FROM conversations_generation WHERE conversation_id = %s"
                " AND status IN ('pending', 'streaming')",
                self.conversation_id,
            )
        )

    async def learnt(self) -> None:
        """Wait until the site has learnt from every reply of this conversation."""
        await eventually(self._all_learnt, "every turn is learnt", within=LEARNING_S)

    def _all_learnt(self) -> bool:
        waiting = self.site.rows(
            "SELECT g.id, g.status, array_agg(s.name || ' ' || s.status) AS steps"
            " FROM conversations_generation g"
            " LEFT JOIN memories_turnrecord r ON r.generation_id = g.id"
            " LEFT JOIN memories_turnstep s ON s.record_id = r.id"
            " WHERE g.conversation_id = %s GROUP BY g.id"
            " HAVING NOT coalesce(bool_or("
            "  s.name = 'store' AND s.status IN ('done', 'none', 'failed')"
            "  OR s.name = 'learn' AND s.status IN ('left', 'off', 'discarded')), false)",
            self.conversation_id,
        )
        assert not waiting, f"still waiting: {waiting}"
        return True

    async def why(self, reply: Reply) -> Turn:
        """Open "Why this reply" and read it, once the turn is learnt."""
        await self.learnt()
        await reply.article.get_by_role("button", name="Why this reply").click()
        return await read_turn(self.page)
