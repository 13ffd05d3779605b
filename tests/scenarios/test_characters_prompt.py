"""A character of one's own in the page: its greetings are paged, its lorebook tried.

What the lorebook put into a prompt shows in the turn's record, apart from memory.
"""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.harness.fixtures import Visit
from tests.harness.person import CONVERSATION, Person
from tests.harness.site import Site


async def written(site: Site, visit: Visit) -> Person:
    """A person who wrote a character with two greetings."""
    person = await (await visit(site)).enter_as_guest()
    page = person.page
    await page.goto("/characters/new/")
    await page.get_by_label("Name", exact=True).fill("Rook")
    await page.get_by_label("First message", exact=True).fill("{{user}}! You came.")
    others = page.get_by_role("group", name="Other first messages")
    await others.get_by_role("button", name="Add another").click()
    await others.get_by_role("textbox").last.fill("Hush, {{user}}. {{char}} hides.")
    await page.get_by_role("button", name="Save", exact=True).first.click()
    await page.wait_for_url(re.compile(r"/characters/u[0-9a-f]{12}/edit/"))
    person.speaker = "Rook"
    return person


async def test_greetings_are_paged_and_the_lorebook_is_written_tried_and_told_of(
    site: Site, visit: Visit
) -> None:
    person = await written(site, visit)
    page = person.page
    editor = page.url

    await page.get_by_role("link", name="Lorebook").click()
    await page.get_by_role("link", name="New entry").click()
    await page.get_by_label("Keys, one in a line", exact=True).fill("/va[u]lt(s)?/i")
    await page.get_by_label("Text", exact=True).fill("{{char}} knows the way in.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_label("Something that might be said").fill("To the Vault!")
    await page.get_by_role("button", name="Which entries would come?").click()
    tried = page.locator("#tried")
    await expect(tried).to_contain_text("1 entry comes")
    await expect(tried).to_contain_text("spoken of: “Vault”")
    await expect(tried).to_contain_text("Rook knows the way in.")

    await page.goto(editor)
    await page.get_by_role("button", name="Talk", exact=True).click()
    await page.wait_for_url(CONVERSATION)
    greeting = person.transcript.get_by_role("article").first
    await expect(greeting).to_contain_text("User! You came.")
    await expect(greeting).to_contain_text("1 / 2")
    await greeting.get_by_role("button", name="Next version").click()
    await expect(greeting).to_contain_text("Hush, User. Rook hides.")
    await greeting.focus()
    await page.keyboard.press("ArrowLeft")
    await expect(greeting).to_contain_text("User! You came.")
    await page.keyboard.press("ArrowRight")
    await expect(greeting).to_contain_text("2 / 2")

    reply = await person.say("Take me to the vault, {{char}}.")
    await expect(person.transcript).to_contain_text("the vault, {{char}}.")
    turn = page.get_by_role("dialog")
    await reply.article.get_by_role("button", name="Why this reply").click()
    await expect(turn).to_contain_text("From lorebooks, not from memory")
    told = turn.locator(".told-lore")
    await expect(told).to_contain_text("spoken of: “vault”")
    await told.locator("summary").click()
    await expect(told).to_contain_text("Rook knows the way in.")
    await page.keyboard.press("Escape")

    # Paged away and back, what was said behind the greeting is there again.
    await greeting.get_by_role("button", name="Previous version").click()
    await expect(person.transcript.get_by_role("article")).to_have_count(1)
    await greeting.get_by_role("button", name="Next version").click()
    await expect(person.transcript.get_by_role("article")).to_have_count(3)
