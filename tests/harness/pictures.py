"""`make pictures`: the pictures of README and docs, taken of a site that really runs.

Somebody talks with a character over some weeks, by the page's own controls; only the
weeks between the talks are made, by moving the dates of rows. The scripted model
answers, and its pages say so. Taken anew whenever the pages look different.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from tests.harness import database
from tests.harness.browser import running_browser
from tests.harness.person import Person, Reply
from tests.harness.site import Site, running_site

AILSA = "Ailsa Muir"
SISTER = "What instrument does my sister play?"
TALKS: Sequence[tuple[int, Sequence[str]]] = (
    (
        45,
        (
            "I live in Lisbon.",
            "My sister Marta plays the cello.",
            "I like long walks in the rain.",
        ),
    ),
    (24, ("Please don't ask about my brother.", "Tell me about the rain.", SISTER)),
    (9, ("I moved to Porto.", "I'm a bit nervous about my driving test.", SISTER)),
)
"""What was said how many days ago, in a conversation each."""
NIGHTS = "I work nights at a bakery, so mornings are when I sleep."
COLOURS = 128
DESK: ViewportSize = {"width": 1440, "height": 900}
TALL: ViewportSize = {"width": 1440, "height": 1120}
"""For a page that is read from its top to its foot."""
RECORDS = (
    "SELECT record.id FROM memories_turnrecord AS record"
    " JOIN conversations_generation AS written ON written.id = record.generation_id"
    " WHERE written.conversation_id = %s"
)
# What is moved into the past with a conversation: table, columns, which rows.
EARLIER = (
    ("conversations_conversation", ("created_at", "updated_at"), "id = %s"),
    ("conversations_message", ("created_at",), "conversation_id = %s"),
    (
        "conversations_generation",
        ("created_at", "first_token_at", "ended_at"),
        "conversation_id = %s",
    ),
    ("memories_evidence", ("created_at",), f"record_id IN ({RECORDS})"),
    (
        "memories_atom",
        ("created_at", "valid_from", "saved_at"),
        f"brought_by_id IN ({RECORDS})",
    ),
    ("memories_turnrecord", ("created_at",), f"id IN ({RECORDS})"),
)


def main() -> None:
    """Take all of them into the directory that is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    directory = parser.parse_args().directory
    with ExitStack() as stack:
        run = Path(stack.enter_context(database.run_directory()))
        url = stack.enter_context(database.throwaway_server(run))
        os.environ["VAR_DIR"] = str(run / "var")
        os.environ["DATABASE_URL"] = database.with_database(url, "anchorage")
        site = stack.enter_context(running_site("pictures"))
        asyncio.run(taken(site, directory))


async def taken(site: Site, directory: Path) -> None:
    """The story, then its pictures."""
    async with running_browser() as browser, Person.visiting(browser, site) as person:
        await signed_in(person)
        for days, said in TALKS:
            await person.open_character(AILSA)
            for words in said:
                await person.say(words)
            await person.learnt()
            moved(site, person.conversation_id, days)
        kept = await person.page.context.storage_state()
        options = {"storage_state": kept, "device_scale_factor": 2}
        async with Person.visiting(browser, site, viewport=DESK, **options) as desk:
            await of_a_desk(desk, directory)
        await of_a_phone(browser, site, directory, options)


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


async def of_a_phone(
    browser: Browser, site: Site, directory: Path, options: dict[str, object]
) -> None:
    """The newest conversation in a hand, in the dark."""
    hand = {"width": 390, "height": 844}
    dark = {"color_scheme": "dark", "has_touch": True, "is_mobile": True}
    async with Person.visiting(
        browser, site, viewport=hand, **dark, **options
    ) as person:
        await person.page.goto("/conversations/")
        await person.page.get_by_role("link", name=AILSA).first.click()
        await shot(person.page, directory / "phone.png")


async def signed_in(person: Person) -> None:
    """As the account that every demo has."""
    await person.page.goto("/accounts/login/")
    await person.page.get_by_label("Username").fill("demo")
    await person.page.get_by_label("Password", exact=True).fill("harbour-light")
    await person.page.keyboard.press("Enter")
    await person.page.wait_for_url(f"{person.site.url}/")


def moved(site: Site, talk: str, days: int) -> None:
    """Let it have been so many days ago."""
    for table, columns, rows in EARLIER:
        earlier = ", ".join(f"{c} = {c} - interval '{days} days'" for c in columns)
        site.rows(f"UPDATE {table} SET {earlier} WHERE {rows} RETURNING 1", talk)


async def to_the_top(part: Locator) -> None:
    """Scroll to where it begins."""
    await part.evaluate("e => e.scrollIntoView({ block: 'start' })")


async def shot(page: Page, path: Path) -> None:
    """What the window shows, in few colours and bytes."""
    await page.evaluate("document.fonts.ready")
    whole = await page.screenshot(animations="disabled", caret="hide")
    few = (
        Image.open(BytesIO(whole))
        .convert("RGB")
        .quantize(COLOURS, dither=Image.Dither.NONE)
    )
    few.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
