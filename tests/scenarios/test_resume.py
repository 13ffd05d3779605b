"""A reply outlives whoever reads it: reloads, second tabs, a lost network, a late Stop.

The text in the page is compared with the row, character by character.
"""

from __future__ import annotations

from threading import Event

from playwright.async_api import Page, WebSocketRoute, expect

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.harness.waiting import eventually


async def begin(person: Person, model: FaultyModel) -> Event:
    """A reply that has come to its tenth word, and goes on until the event is set."""
    enough = Event()
    model.reset()
    model.every_reply = llm.streamed_until(enough)
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.send("Tell me a long story.")
    await expect(person.transcript).to_contain_text("word10 ")
    return enough


async def test_a_reload_in_mid_reply_goes_on_without_a_missing_character(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    person = await visit(site)
    enough = await begin(person, model)
    await person.page.reload()
    await expect(person.button("Stop")).to_be_visible()
    await expect(person.transcript).to_contain_text("word10 ")
    enough.set()
    await person.finished()
    await expect_the_row(person, person.page)
    assert len(model.asked_for_replies()) == 1


async def test_two_tabs_in_mid_reply_show_the_same(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    person = await visit(site)
    enough = await begin(person, model)
    second = await person.another_tab()
    await second.page.goto(person.page.url)
    await expect(second.button("Stop")).to_be_visible()
    for tab in (person, second):
        await expect(tab.transcript).to_contain_text("word30 ")
    enough.set()
    await second.finished()
    for page in (person.page, second.page):
        await expect_the_row(person, page)


async def test_offline_in_mid_reply_and_back_misses_nothing_and_reloads_nothing(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    person = await visit(site)
    network = await Network.of(person.page)
    enough = await begin(person, model)
    await person.page.evaluate("window.sameDocument = true")
    await network.cut()
    enough.set()
    await expect(person.page.get_by_text("Reconnecting…")).to_be_visible()
    await eventually(lambda: not running(person), "the reply ends meanwhile")
    await expect(person.button("Stop")).to_be_visible()  # the page cannot know
    await network.mend()
    await person.finished()
    await expect(person.page.get_by_text("Reconnecting…")).to_be_hidden()
    await expect_the_row(person, person.page)
    assert await person.page.evaluate("window.sameDocument") is True


async def test_stop_after_a_reload_ends_the_reply_and_offers_to_go_on(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    person = await visit(site)
    await begin(person, model)
    (asked,) = model.asked_for_replies()
    await person.page.reload()
    await person.button("Stop").click()
    await eventually(asked.gone.is_set, "the upstream stream is closed")
    await person.finished()
    await expect_the_row(person, person.page)
    reply = person.transcript.get_by_role("article").last
    await expect(reply).to_contain_text("You stopped this reply.")
    for way_out in ("Continue", "Regenerate"):
        await expect(reply.get_by_role("button", name=way_out)).to_be_visible()


class Network:
    """One page's connection to the site, to be cut and mended."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sockets: list[WebSocketRoute] = []
        self._away = False

    @classmethod
    async def of(cls, page: Page) -> Network:
        """Stand between this page's next sockets and the site."""
        network = cls(page)
        await page.route_web_socket("**/ws/**", network._opened)
        return network

    async def _opened(self, socket: WebSocketRoute) -> None:
        if self._away:
            await socket.close()
            return
        socket.connect_to_server()
        self._sockets.append(socket)

    async def cut(self) -> None:
        """Nothing comes through any more, neither way."""
        self._away = True
        await self._page.context.set_offline(True)
        for socket in self._sockets:
            await socket.close()
        self._sockets.clear()

    async def mend(self) -> None:
        """Everything comes through again."""
        self._away = False
        await self._page.context.set_offline(False)


def running(person: Person) -> bool:
    """Whether a reply of this conversation is being written."""
    return bool(
        person.site.rows(
            "SELECT 1 FROM conversations_generation WHERE conversation_id = %s"
            " AND status IN ('pending', 'streaming')",
            person.conversation_id,
        )
    )


async def expect_the_row(person: Person, page: Page) -> None:
    """The newest reply in the page is the newest one in the database."""
    (row,) = person.site.rows(
        "SELECT text FROM conversations_message WHERE conversation_id = %s"
        " ORDER BY created_at DESC LIMIT 1",
        person.conversation_id,
    )
    assert "word10 " in row["text"]
    shown = page.get_by_role("log", name="Conversation").locator(".prose").last
    await expect(shown).to_have_text(row["text"].strip(), use_inner_text=True)
