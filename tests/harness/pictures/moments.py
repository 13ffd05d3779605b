"""Memory at work: what README and the pages on memory show of today's talk."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import (
    Browser,
    Locator,
    Page,
    StorageState,
    ViewportSize,
    expect,
)

from tests.harness.person import Person, Reply
from tests.harness.pictures.shot import shot
from tests.harness.pictures.story import AILSA, SISTER
from tests.harness.site import Site

NIGHTS = "I work nights at a bakery, so mornings are when I sleep."
DESK: ViewportSize = {"width": 1440, "height": 900}
TALL: ViewportSize = {"width": 1440, "height": 1120}
"""For a page that is read from its top to its foot."""
HAND: ViewportSize = {"width": 390, "height": 844}


async def taken(
    browser: Browser, site: Site, directory: Path, kept: StorageState
) -> None:
    """Today's talk at a desk, then looked at in a hand."""
    sharp = {"storage_state": kept, "device_scale_factor": 2}
    async with Person.visiting(browser, site, viewport=DESK, **sharp) as desk:
        await of_a_desk(desk, directory)
    dark = {"color_scheme": "dark", "has_touch": True, "is_mobile": True}
    async with Person.visiting(browser, site, viewport=HAND, **dark, **sharp) as hand:
        await hand.page.goto("/conversations/")
        await hand.page.get_by_role("link", name=AILSA).first.click()
        await shot(hand.page, directory / "phone.png")


async def of_a_desk(person: Person, directory: Path) -> None:
    """Everything but the phone."""
    await person.open_character(AILSA)
    await person.say(NIGHTS)
    reply = await person.say(SISTER)
    await person.learnt()
    page = person.page
    await page.reload()
    await person.button("Memory").click()
    panel = page.get_by_role("complementary", name="Memory")
    was = panel.get_by_role("list", name="What was true before")
    await expect(was).to_be_visible()
    await was.evaluate("e => e.closest('.memory-group').scrollIntoView()")
    await shot(page, directory / "conversation.png")
    await panel.get_by_role("button", name="Close").click()
    await at_the_reply(page, reply, directory)
    await page.set_viewport_size(TALL)
    await page.goto("/memories/")
    await shot(page, directory / "memories.png")
    await page.goto("/compare/")
    await page.get_by_role("textbox", name="Question").fill(SISTER)
    await person.button("Compare").click()
    await expect(page.locator("[data-part=sum]")).not_to_be_empty()
    await to_the_top(page.get_by_role("group", name="Whose memory"))
    await shot(page, directory / "comparison.png")


async def at_the_reply(page: Page, reply: Reply, directory: Path) -> None:
    """A chip, the record of the turn, and a call of it."""
    article = reply.article
    await article.get_by_role("button", name="Memory 1, used here").click()
    card = article.get_by_role("region", name="Memory 1")
    await expect(card.get_by_role("button", name="Wrong here")).to_be_visible()
    await shot(page, directory / "chip.png")
    await article.get_by_role("button", name="Close").click()
    await article.get_by_role("button", name="Why this reply").click()
    dialog = page.get_by_role("dialog", name="Why this reply")
    await expect(dialog.get_by_role("heading", name="Feedback")).to_be_visible()
    await shot(page, directory / "why-this-reply.png")
    recall = dialog.locator(".fall-call").first
    await recall.locator("summary").click()
    await recall.get_by_role("button", name="Copy as curl").click()
    await to_the_top(dialog.get_by_role("region", name="Step by step"))
    await shot(page, directory / "inspector.png")
    await dialog.get_by_role("button", name="Close").click()


async def to_the_top(part: Locator) -> None:
    """Scroll to where it begins."""
    await part.evaluate("e => e.scrollIntoView({ block: 'start' })")
