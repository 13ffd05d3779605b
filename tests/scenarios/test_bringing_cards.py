"""Cards are dropped, pasted and chosen; each file has a report, and one is looked at."""

from __future__ import annotations

import base64
import json

from playwright.async_api import Page, expect

from tests.characters.formats import card_files as files
from tests.characters.formats import spec_reader
from tests.harness.fixtures import Visit
from tests.harness.site import Site

DROP = """
([selector, given]) => {
  const carried = new DataTransfer();
  for (const [name, base64] of given) {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    carried.items.add(new File([bytes], name));
  }
  const target = document.querySelector(selector);
  for (const kind of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}
"""
PASTE = """
(text) => {
  const carried = new DataTransfer();
  carried.setData("text/plain", text);
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried }));
}
"""


async def drop(page: Page, given: dict[str, bytes]) -> None:
    """Let files fall onto the page."""
    coded = [[name, base64.b64encode(data).decode()] for name, data in given.items()]
    await page.evaluate(DROP, ["main", coded])


async def test_cards_are_dropped_and_pasted_looked_at_talked_to_and_taken_along(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    page = person.page
    await page.goto(f"{site.url}/characters/import/")
    await drop(
        page,
        {
            "zoe.png": files.card_png(files.V3, "ccv3"),
            "cut.png": files.card_png(files.V3)[:90],
            "bay.json": files.as_json(files.WORLD),
        },
    )
    reports = page.get_by_role("listitem").filter(has=page.locator(".report-title"))
    await expect(reports).to_have_count(3)
    await expect(page.get_by_text("3 of 3 files").first).to_be_visible()
    await expect(page.get_by_text("The PNG is cut off")).to_be_visible()
    await expect(page.get_by_text("A lorebook with 2 entries")).to_be_visible()
    await page.evaluate(PASTE, json.dumps(files.V1 | {"name": "Pasted"}))
    await expect(page.get_by_role("link", name="Look at Pasted")).to_be_visible()
    await expect(reports).to_have_count(4)
    await page.evaluate(PASTE, "Hello.")
    await expect(page.get_by_text("neither a file nor a card")).to_be_visible()
    await page.get_by_text("Paste a card's JSON", exact=True).click()
    box = page.get_by_role("textbox", name="A card's JSON")
    await box.fill(json.dumps(files.V1 | {"name": "Written"}))
    await page.get_by_role("button", name="Bring it", exact=True).click()
    await expect(page.get_by_role("link", name="Look at Written")).to_be_visible()
    await expect(box).to_have_value("")
    await expect(reports).to_have_count(6)

    # What the card tells the model is read before it says its first word.
    look = page.get_by_role("link", name="Look at Zoë 日本")
    await look.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("{{original}} Speak of bees.")).to_be_visible()
    await expect(page.get_by_text("Best in the evening.")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="PNG", exact=True).click()
    saved = await (await download.value).path()
    card = spec_reader.card_in_png(saved.read_bytes(), "ccv3")
    assert card["data"]["unknown_field"] == files.V3_DATA["unknown_field"]
    await page.get_by_role("button", name="Talk to Zoë 日本").click()
    await expect(person.transcript).to_contain_text("lifts a frame")


async def test_a_file_that_could_not_be_sent_is_tried_again(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    page = person.page
    await page.goto(f"{site.url}/characters/import/")
    address = "**/characters/import/"
    await page.route(address, lambda route: route.abort())
    await drop(page, {"zoe.png": files.card_png(files.V2)})
    await expect(page.get_by_text("could not be sent")).to_be_visible()
    await page.unroute(address)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("link", name="Look at Zoë 日本")).to_be_visible()
    await expect(page.get_by_text("could not be sent")).to_have_count(0)
