"""A person writes a character, loses nothing of it, and plays a role kept apart."""

from __future__ import annotations

import re
from base64 import b64decode

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.harness.squares import assert_shows, squares

AILSA = "Ailsa Muir"
RUM = "I like dark rum and storms."
WALK = "I like long walks in the rain."


async def choose_a_square(page: Page) -> None:
    """Of a picture that is brought: zoomed by key, moved by hand, then by key."""
    file = FilePayload(name="squares.png", mimeType="image/png", buffer=squares())
    await page.get_by_label("Choose a picture").set_input_files(file)
    shown = page.get_by_role("img", name="The new picture as it will be shown")
    await expect(shown).to_be_visible()
    zoom = page.get_by_role("slider", name="Zoom")
    await zoom.focus()
    while float(await zoom.input_value()) < 2:  # one square of five
        await page.keyboard.press("ArrowRight")
    await page.get_by_role("slider", name="Up–down").press("Home")
    assert_shows(await drawn(shown), row=0, column=2)
    await shown.hover()
    box = await shown.bounding_box()
    assert box
    x, y, width = (
        box["x"] + box["width"] / 2,
        box["y"] + box["height"] / 2,
        box["width"],
    )
    await page.mouse.down()
    await page.mouse.move(x + width, y, steps=int(width))  # slowly
    await page.mouse.up()
    assert_shows(await drawn(shown), row=0, column=1)
    await page.get_by_role("slider", name="Up–down").press("End")
    assert_shows(await drawn(shown), row=1, column=1)


async def drawn(canvas: Locator) -> bytes:
    """What the page has drawn."""
    address: str = await canvas.evaluate("canvas => canvas.toDataURL()")
    return b64decode(address.partition(",")[2])


async def kept_picture(page: Page) -> bytes:
    """What the site has of it now."""
    address = await page.get_by_role("img", name="The picture now").get_attribute("src")
    return await (await page.request.get(str(address))).body()


async def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        name = label.replace("_", " ").capitalize()
        await page.get_by_label(name, exact=True).fill(text)


async def kept(page: Page) -> None:
    """What was typed is with the browser's storage, not only on the page."""
    await expect(page.locator("#form-state")).to_have_text("Not saved yet")


async def saved(page: Page) -> None:
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("form[data-kept='ready']")).to_be_attached()
    await expect(page.locator("#form-state")).to_have_text("")


async def ready(page: Page) -> None:
    await expect(page.locator("form[data-kept='ready']")).to_be_attached()


async def test_a_character_is_written_and_no_word_of_it_is_lost(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    page = person.page
    await page.goto("/characters/new/")
    await ready(page)
    await fill(page, name="Odile", description="She restores tower clocks.")
    weights = page.get_by_role("complementary", name="What the model reads")
    await expect(weights.get_by_role("row", name="Description 7")).to_be_visible()
    await weights.get_by_text("Prompt as it would be sent").click()
    await expect(weights.locator("pre").first).to_contain_text("tower clocks")
    await page.get_by_role("button", name="Add another").first.click()
    await page.get_by_label("Other first messages 2").fill("You are late. Good.")
    await kept(page)

    # Reloaded before it was saved: everything is back, the second greeting too.
    await page.reload()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Odile")
    await expect(page.get_by_label("Other first messages 2")).to_have_value(
        "You are late. Good."
    )
    await choose_a_square(page)
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.wait_for_url("**/edit/")
    await ready(page)
    assert_shows(await kept_picture(page), row=1, column=1)
    await page.goto("/characters/new/")
    await ready(page)
    await expect(page.get_by_label("Name", exact=True)).to_have_value("")

    # Two tabs: the older one overwrites nothing and shows both.
    await page.go_back()
    await ready(page)
    tab = (await person.another_tab()).page
    await tab.goto(page.url)
    await ready(tab)
    await fill(tab, personality="Patient.")
    await saved(tab)
    await fill(page, personality="Amused by hurry.")
    await page.get_by_role("button", name="Save", exact=True).click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("changed meanwhile")
    await expect(alert.locator("ins")).to_have_text("Patient.")
    box = page.get_by_label("Personality", exact=True)
    await expect(box).to_have_value("Amused by hurry.")
    await ready(page)
    await page.goto(page.url)  # left without saving: the words are still there
    await ready(page)
    await expect(box).to_have_value("Amused by hurry.")
    await saved(page)

    # Versions: compared, and brought back.
    await page.get_by_role("link", name="Versions").click()
    await page.get_by_role("link", name="Compare version 2").click()
    await expect(page.locator("del")).to_have_text("Patient.")
    await page.get_by_role("button", name="Go back to version 2").click()
    await page.wait_for_url("**/edit/")
    await expect(box).to_have_value("Patient.")

    # Deleted, and undone.
    await page.get_by_text("More", exact=True).click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("heading", name="Odile")).to_have_count(0)
    await page.get_by_role("button", name="Undo deleting Odile").click()
    await expect(page.get_by_role("heading", name="Odile")).to_be_visible()


async def test_the_gallery_is_searched_filtered_and_starred_by_keyboard(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    page = person.page
    await page.goto("/characters/")
    ailsa = page.get_by_role("heading", name=AILSA)
    others = page.get_by_role("heading", level=2)
    await page.get_by_role("searchbox", name="Search characters").fill("airfield")
    await expect(others).to_have_count(1)
    await expect(ailsa).to_be_visible()
    star = page.get_by_role("button", name=f"Favourite: {AILSA}")
    await star.focus()
    await page.keyboard.press("Enter")
    await expect(star).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("searchbox", name="Search characters").fill("")
    await expect(others).not_to_have_count(1)
    await page.get_by_role("radio", name="All").focus()
    await page.keyboard.press("ArrowRight")
    await expect(others).to_have_count(1)
    await expect(page).to_have_url(re.compile("kind=favourites"))
    await page.reload()
    await expect(others).to_have_count(1)


async def write_persona(person: Person, name: str) -> None:
    page = person.page
    await page.goto("/personas/new/")
    await ready(page)
    await fill(page, name=name, description="A smuggler of forty.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()


async def speak_as(person: Person, name: str) -> None:
    menu = person.page.locator(".speaking")
    await menu.locator("summary").click()
    await menu.get_by_role("button", name=re.compile(f"^{name}")).click()
    await expect(person.box).to_be_visible()


async def test_a_role_and_the_person_are_remembered_apart(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await write_persona(person, "Captain Vane")
    await person.open_character(AILSA)
    await speak_as(person, "Captain Vane")
    await expect(person.page.locator(".speaking summary")).to_contain_text("As Captain")
    await person.say(RUM)
    article = person.transcript.get_by_role("article", name="Captain Vane")
    await expect(article).to_contain_text(RUM)
    await speak_as(person, "Yourself")
    await person.say(WALK)
    await person.learnt()

    await person.button("Memory").click()
    panel = person.page.get_by_role("complementary", name="Memory")
    slips = panel.get_by_role("group", name="Memory")
    rum, walk = slips.filter(has_text="rum"), slips.filter(has_text="walks")
    await expect(rum.get_by_text("Only as Captain Vane")).to_be_visible()
    await expect(walk).to_be_visible()
    await expect(walk.get_by_text("Only as")).to_have_count(0)
    await person.button("Memory").click()

    # The person's own turn is not told of the captain's rum, nor the captain of walks.
    await person.open_character(AILSA)
    own = await person.why(
        await person.say("Do I like rum, or long walks in the rain?")
    )
    assert not own.atom("rum").injected
    assert own.atom("walks").injected
    assert "of another role, kept apart" in own.text
    await speak_as(person, "Captain Vane")
    asked = "Do I like dark rum, or long walks in the rain?"
    role = await person.why(await person.say(asked))
    assert role.atom("rum").injected
    assert not role.atom("walks").injected
