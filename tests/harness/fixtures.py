"""The fixtures that scenarios use; nothing starts before a test asks for it.

Scenarios are coroutines that share one event loop per worker, because the browser
belongs to the loop that started it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.harness.person import Person
    from tests.harness.site import Site

Visit = Callable[..., "Awaitable[Person]"]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site with everything embedded; tests share it, each with its own people."""
    from tests.harness.site import running_site

    with running_site("site") as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One real browser per worker."""
    from tests.harness.browser import running_browser

    async with running_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser) -> AsyncIterator[Visit]:
    """`await visit(site)` is a new person with a browser profile of their own."""
    from tests.harness.person import Person

    async with AsyncExitStack() as people:

        async def new_person(site: Site, **options: object) -> Person:
            return await people.enter_async_context(
                Person.visiting(chromium, site, **options)
            )

        yield new_person
