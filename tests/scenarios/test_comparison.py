"""With memory and without, side by side, pressed as a person presses it."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.scenarios.test_page import overflow

CHARACTER = "Ailsa Muir"
FACT = "My sister Marta plays the cello."
QUESTION = "What instrument does my sister play?"
NUMBER = re.compile(r"^[1-9][0-9,]*$")
TABLES = ("conversations_message", "memories_atom", "memories_turnrecord")


async def test_a_reply_is_shown_beside_what_it_would_be_without_memory(
    site: Site, visit: Visit
) -> None:
    person = await told(site, visit)
    reply = await person.say(QUESTION)
    await person.learnt()
    before = counts(person)
    await reply.article.get_by_role("button", name="Why this reply").click()
    dialog = person.page.get_by_role("dialog", name="Why this reply")
    await dialog.get_by_role("button", name="Show without memory").click()
    await compared(dialog)
    assert counts(person) == before
    # Stopped before its connection stands, it does not begin at all.
    show = dialog.get_by_role("button", name="Show without memory")
    await expect(show).to_be_enabled()
    await dialog.evaluate("""dialog => {
        dialog.querySelector("[data-again]").click();
        dialog.querySelector("[data-stop]").click();
    }""")
    await expect(dialog.get_by_role("button", name="Stop")).to_be_hidden()
    await expect(show).to_be_enabled()
    await expect(dialog.locator(".answer-text").first).to_be_empty()


async def test_a_question_is_answered_twice_at_once_and_nothing_is_kept(
    site: Site, visit: Visit
) -> None:
    person = await told(site, visit, viewport={"width": 360, "height": 740})
    before = counts(person)
    await person.page.goto("/compare/")
    await person.page.get_by_role("textbox", name="Question").fill(QUESTION)
    await person.page.get_by_role("button", name="Compare").click()
    main = person.page.get_by_role("main")
    await compared(main)
    assert await overflow(person) <= 0
    assert counts(person) == before
    await person.page.get_by_role("button", name="Compare").click()
    stop = main.get_by_role("button", name="Stop")
    await stop.click()
    await expect(stop).to_be_hidden()
    await expect(person.page.get_by_role("button", name="Compare")).to_be_enabled()


async def compared(place: Locator) -> None:
    """Both answers are there, and what memory brought is marked."""
    first = place.get_by_role("region", name="With memory", exact=True)
    second = place.get_by_role("region", name="Without memory", exact=True)
    await expect(first.locator("mark").filter(has_text="cello").first).to_be_visible()
    await expect(second.locator(".answer-text")).not_to_contain_text("cello")
    for side in (first, second):
        await expect(side.locator('[data-cost="read"]')).to_have_text(NUMBER)


async def told(site: Site, visit: Visit, **options: object) -> Person:
    """Somebody whose character knows one thing, in a new conversation."""
    person = await (await visit(site, **options)).enter_as_guest()
    await person.open_character(CHARACTER)
    await person.say(FACT)
    await person.learnt()
    await person.open_character(CHARACTER)
    return person


def counts(person: Person) -> list[int]:
    """How many rows there are of what a turn leaves behind."""
    rows = person.site.rows(
        "SELECT " + ", ".join(f"(SELECT count(*) FROM {t}) AS {t}" for t in TABLES)
    )
    return [int(rows[0][table]) for table in TABLES]
