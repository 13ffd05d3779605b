"""Every page in both schemes, on a phone and on a desk, looked at by axe-core.

Nothing may reach beyond the screen, either.

The short run has the pages that people see most; `make test-axe` has every state of
every page (WIDE), and leaves a picture of each in the directory that PICTURES names.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest_asyncio
from playwright.async_api import Browser

from tests.harness.axe import findings
from tests.harness.furnished import Furnished, furnish
from tests.harness.person import Person
from tests.harness.site import Site
from tests.harness.states import STATES, State
from tests.harness.width import too_wide

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {360: 740, 768: 1024, 1440: 900}
LOOKED_AT = (360, 1440)
ALL = bool(os.environ.get("WIDE"))
PICTURES = os.environ.get("PICTURES", "")
ONLY = os.environ.get("STATES", "")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def furnished(site: Site) -> Furnished:
    """Somebody who has used everything."""
    return await furnish(site)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both(
    site: Site, chromium: Browser, furnished: Furnished
) -> AsyncIterator[tuple[Person, Person]]:
    """That person's browser, and a stranger's."""
    async with AsyncExitStack() as stack:
        mine, stranger = [
            await stack.enter_async_context(Person.visiting(chromium, site))
            for _ in range(2)
        ]
        await mine.page.context.add_cookies(furnished.cookies)  # type: ignore[arg-type]  # SetCookieParam
        yield mine, stranger


def wanted() -> list[tuple[str, State]]:
    every = [(name, state) for name, states in STATES.items() for state in states]
    if ONLY:
        return [each for each in every if each[0] in ONLY.split(",")]
    return every if ALL else [each for each in every if each[1].short]


async def test_axe_finds_nothing_serious_on_any_page(
    both: tuple[Person, Person], furnished: Furnished
) -> None:
    found: list[str] = []
    for name, state in wanted():
        person = both[1] if state.stranger else both[0]
        for width in WIDTHS if PICTURES else LOOKED_AT if ALL or ONLY else (360,):
            where = f"{name or 'no address'} {state.label} at {width} px".strip()
            try:
                found += await looked_at(person, furnished, state, width, where)
            except Exception as exc:
                if not ALL:
                    raise
                found.append(f"{where}: {exc}")
    assert not found, "\n".join(found)


async def looked_at(
    person: Person, furnished: Furnished, state: State, width: int, where: str
) -> list[str]:
    """What is wrong there. The second scheme changes colours alone, so only they count."""
    page, found = person.page, []
    await page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.goto(furnished.path(state.path))
    if state.act:
        await state.act(page)
    found += [f"{where}: beyond the screen: {each}" for each in await too_wide(page)]
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        only = () if scheme == "light" else ("color-contrast",)
        if width in LOOKED_AT:
            for each in await findings(page, only=only):
                found.append(f"{where}, {scheme}: {each}")
        if PICTURES:
            label = where.replace(" ", "-").replace(":", "_")
            await page.screenshot(path=Path(PICTURES) / f"{label}-{scheme}.png")
    return found
