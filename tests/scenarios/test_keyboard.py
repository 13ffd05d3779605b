"""A whole session by keyboard alone: the focus is always seen, and never lost."""

from __future__ import annotations

from threading import Event

import pytest
from playwright.async_api import expect

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.harness.fixtures import Visit
from tests.harness.keys import Keys
from tests.harness.person import CONVERSATION
from tests.harness.site import Site

AILSA = "Ailsa Muir"
WALK = "I like long walks in the rain."
LEARNT = {
    "type": "preference",
    "content": "User likes long walks in the rain.",
    "confidence": 0.9,
    "quote": WALK,
    "speaker": "user",
}


@pytest.mark.timeout(600)  # two hundred keys, each looked at: long on a busy machine
async def test_a_whole_session_goes_by_keyboard_and_the_focus_is_always_seen(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    model.reset()
    person = await visit(site)
    page, keys, log = person.page, Keys(person.page), person.transcript
    articles = log.get_by_role("article")

    # In, as a guest, and to a character.
    await page.goto("/")
    await keys.to("Skip to content")
    await keys.to("Try it now")
    await keys.press("Enter")
    await page.wait_for_url(lambda url: url.rstrip("/") == site.url)
    await expect(page.locator(".menu summary").first).to_contain_text("Guest")
    await keys.to(f"Talk to {AILSA}")
    await keys.press("Enter")
    await page.wait_for_url(CONVERSATION)
    person.speaker = AILSA

    # Write, send, and write on.
    await keys.at("Message")
    model.next_extraction(LEARNT)
    await keys.type(WALK)
    await keys.press("Enter")
    await expect(articles.last).to_contain_text(llm.USUAL)
    await person.finished()
    await keys.at("Message")

    # Stop.
    model.next(llm.streamed_until(Event()))
    await keys.type("Tell me a long story.")
    await keys.press("Enter")
    await expect(log).to_contain_text("word5 ")
    await keys.to("Stop")
    await keys.press("Enter")
    await person.finished()
    await keys.at("Message")

    # Edit what was said last, and page through its versions.
    await keys.to("Edit", back=True)
    await keys.press("Enter")
    await keys.at("Edit message")
    await keys.press("End")
    await keys.type(" A short one.")
    await keys.press("Enter")
    mine = log.get_by_role("article", name="You").last
    await expect(mine).to_contain_text("2 / 2")
    await person.finished()
    await keys.at("Message")
    await keys.to("Previous version", back=True)
    await keys.press("Enter")
    await expect(mine).to_contain_text("1 / 2")
    await keys.at("(Previous|Next) version")
    await keys.press("ArrowRight")
    await expect(mine).to_contain_text("2 / 2")
    await keys.at("(Previous|Next) version")

    # Delete, and take it back.
    await keys.to("Delete", back=True)
    await keys.press("Enter")
    await keys.at("Undo")
    await keys.press("Enter")
    await keys.at("You|" + AILSA)
    await expect(articles).to_have_count(5)

    # Memory: pinned there, closed, and the focus is back where it came from.
    await person.learnt()
    await keys.to("Memory", back=True)
    await keys.press("Enter")
    await expect(page.locator("#panel")).to_contain_text("long walks")
    await keys.to("Pin")
    await keys.press("Enter")
    await keys.at("Unpin")
    await keys.press("Escape")
    await keys.at("Memory")

    # Why this reply: a dialog that keeps the focus, and gives it back.
    await keys.to("Why this reply")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Feedback")).to_be_visible()
    for _ in range(12):
        await keys.press("Tab")
        inside = "!document.activeElement || document.activeElement === document.body"
        inside += " || document.activeElement.closest('dialog') !== null"
        assert await page.evaluate(inside)
    await keys.press("Escape")
    await keys.at("Why this reply")

    # The menu, search, and the hit in its conversation.
    await keys.to("Guest")
    await keys.press("Enter")
    await keys.to("Find")
    await keys.press("Enter")
    await page.wait_for_url("**/find/**")
    await keys.at("Words to find")
    await keys.type("long walks")
    await expect(page.locator(".hit").first).to_be_visible()
    await keys.press("ArrowDown")
    await keys.at(".*long walks.*")
    await keys.press("Enter")
    await page.wait_for_url(CONVERSATION)
    await keys.at("You")
