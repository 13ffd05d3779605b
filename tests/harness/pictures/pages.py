"""Four pages on a desk and on a phone, light and dark: what `docs/pages.md` shows.

Seen by the person of the story, who has written a character of their own beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, FilePayload, Page, StorageState, expect

from tests.harness.person import CONVERSATION, Person
from tests.harness.pictures.clock import clock
from tests.harness.pictures.shot import shot
from tests.harness.pictures.story import AILSA
from tests.harness.site import Site


@dataclass(frozen=True)
class Window:
    """Its size in CSS pixels, and how many of a picture's each of them is wide."""

    width: int
    height: int
    scale: int
    touched: bool = False


WINDOWS = (Window(1440, 900, 1), Window(360, 740, 2, touched=True))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ODILE: Mapping[str, str] = {
    "Name": "Odile Marchetti",
    "Tagline": "Restores tower clocks, and is never on time herself",
    "Tags": "clocks, dry humour",
    "Notes": (
        "A clockmaker for long evenings. She will not be hurried: bring patience, or a"
        " broken watch, and let her ask the questions."
    ),
    "Description": (
        "{{char}} restores tower clocks in towns that forgot them. Sixty, brass dust on"
        " her sleeves, a laugh that comes late. She answers a question with the story of"
        " a clock, and the story always ends with the question."
    ),
    "Personality": "Patient with brass, short with people, kind to whoever stays.",
    "Scenario": "The top of a clock tower, an hour before it has to strike again.",
    "First message": (
        "{{user}}! Hold this spring, and do not let go. *She is already on the ladder.*"
        " Now: when did you last hear this bell?"
    ),
}
"""What is written into the editor, by the names of its boxes."""


async def taken(
    browser: Browser, site: Site, directory: Path, kept: StorageState
) -> None:
    """`<page>-<width>-<scheme>.png` of each page, window and scheme."""
    async with Person.visiting(browser, site, storage_state=kept) as person:
        addresses = {
            "gallery": "/characters/",
            "editor": await written(person.page),
            "conversation": await newest(person.page),
            "settings": "/display/",
        }
    for window in WINDOWS:
        async with Person.visiting(
            browser,
            site,
            storage_state=kept,
            viewport={"width": window.width, "height": window.height},
            device_scale_factor=window.scale,
            has_touch=window.touched,
            is_mobile=window.touched,
        ) as person:
            for name, address in addresses.items():
                await person.page.goto(address)
                await person.page.wait_for_load_state("networkidle")
                for scheme in SCHEMES:
                    await person.page.emulate_media(color_scheme=scheme)
                    picture = f"{name}-{window.width}-{scheme}.png"
                    await shot(person.page, directory / picture)


async def written(page: Page) -> str:
    """Write a character and star another one; the address of the editor."""
    await page.goto("/characters/")
    await page.get_by_role("button", name=f"Favourite: {AILSA}").click()
    await page.goto("/characters/new/")
    await expect(page.locator("form[data-kept='ready']")).to_be_attached()
    picture = FilePayload(name="clock.png", mimeType="image/png", buffer=clock())
    await page.get_by_label("Choose a picture").set_input_files(picture)
    await page.get_by_role("slider", name="Zoom").fill("1.15")
    for label, words in ODILE.items():
        await page.get_by_label(label, exact=True).fill(words)
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.wait_for_url("**/edit/")
    return page.url


async def newest(page: Page) -> str:
    """The address of the conversation that was open last."""
    await page.goto("/conversations/")
    await page.get_by_role("link", name=AILSA).first.click()
    await page.wait_for_url(CONVERSATION)
    return page.url
