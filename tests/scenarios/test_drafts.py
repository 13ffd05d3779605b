"""What is typed and not sent survives a reload and a crash; what was sent stays away."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil
from playwright.async_api import Error, Page, Route, async_playwright, expect

from tests.harness.browser import FLAGS, found_browser
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

LETTER = "A long letter about the sea"
OTHERWISE = "I like long walks, but only at night."


async def test_drafts_survive_a_reload_each_in_its_conversation(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    first = person.page.url
    await person.box.press_sequentially(LETTER)
    await person.open_character("Des Quaye")
    await expect(person.box).to_have_value("")
    await person.box.press_sequentially("Another one")
    await person.page.reload()
    await expect(person.box).to_have_value("Another one")
    await person.page.goto(first)
    await expect(person.box).to_have_value(LETTER)
    await person.box.press("Enter")
    await expect(person.transcript).to_contain_text(LETTER)
    await expect(person.box).to_have_value("")
    await person.page.reload()
    await expect(person.transcript).to_contain_text(LETTER)
    await expect(person.box).to_have_value("")


async def test_two_tabs_of_a_conversation_each_keep_what_is_typed_there(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    other = await person.another_tab()
    await other.page.goto(person.page.url)
    await person.box.fill(LETTER)
    await other.box.fill(OTHERWISE)
    await person.page.reload()
    await expect(person.box).to_have_value(LETTER)
    # What is sent from one tab is not what the other one has.
    await other.box.press("Enter")
    await expect(person.transcript).to_contain_text(OTHERWISE)
    await expect(person.box).to_have_value(LETTER)
    await person.page.reload()
    await expect(person.transcript).to_contain_text(OTHERWISE)
    await expect(person.box).to_have_value(LETTER)
    await other.page.reload()
    await expect(other.transcript).to_contain_text(OTHERWISE)
    await expect(other.box).to_have_value("")
    # A tab that was closed leaves its text to the next one that is opened.
    address = person.page.url
    await person.page.close()
    late = await other.another_tab()
    await late.page.goto(address)
    await expect(late.box).to_have_value(LETTER)


async def test_an_answer_that_never_came_leaves_no_draft_behind(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await person.page.route("**/send/", lose_the_answer)
    await person.box.fill(LETTER)
    await person.box.press("Enter")
    # The socket brings the message with its key: so it has arrived after all.
    await expect(person.transcript).to_contain_text(LETTER)
    await expect(person.box).to_have_value("")
    await expect(person.page.get_by_role("alert")).to_have_count(0)
    await person.page.reload()
    mine = person.transcript.get_by_role("article", name="You")
    await expect(mine).to_have_count(1)
    await expect(mine).to_contain_text(LETTER)
    await expect(person.box).to_have_value("")


async def test_both_boxes_survive_a_browser_that_is_killed(
    site: Site, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    async with opened(profile, site) as page:
        person = await Person(page, site).enter_as_guest()
        await person.open_character("Ailsa Muir")
        await person.say("I like long walks in the rain.")
        address = page.url
        mine = person.transcript.get_by_role("article", name="You")
        await mine.get_by_role("button", name="Edit").click()
        edit = page.get_by_role("textbox", name="Edit message")
        await edit.fill("")
        await edit.press_sequentially(OTHERWISE)
        await person.box.press_sequentially(LETTER)
        # Chromium keeps cookies for half a minute before it writes them.
        kept = await page.context.cookies()
        kill_browser(profile)
    async with opened(profile, site) as page:
        await page.context.add_cookies(cast("list[SetCookieParam]", kept))
        await page.goto(address)
        box = page.get_by_role("textbox", name="Message", exact=True)
        await expect(box).to_have_value(LETTER)
        edit = page.get_by_role("textbox", name="Edit message")
        await expect(edit).to_have_value(OTHERWISE)


@asynccontextmanager
async def opened(profile: Path, site: Site) -> AsyncIterator[Page]:
    """A browser of its own that keeps its profile on the disk."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=found_browser(), args=FLAGS, base_url=site.url
        )
        try:
            yield await context.new_page()
        finally:
            with suppress(Error):  # it may have been killed
                await context.close()


def kill_browser(profile: Path) -> None:
    """End every process of the browser with this profile, as a crash would."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(profile) in word for word in process.info["cmdline"] or ()):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
