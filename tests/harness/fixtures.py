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

    from tests.fakes.llm import FaultyModel
    from tests.fakes.maas import FakeMaas
    from tests.harness.person import Person
    from tests.harness.site import Site
    from tests.harness.visitor import Visitor

Visit = Callable[..., "Awaitable[Person]"]
Call = Callable[["Site"], "Awaitable[Visitor]"]
IMPATIENT = {
    "MODEL_CONNECT_S": "1",
    "MODEL_FIRST_TOKEN_S": "1.5",
    "MODEL_BETWEEN_TOKENS_S": "1.5",
    "MODEL_TOTAL_S": "20",
}


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site with everything embedded; tests share it, each with its own people."""
    from tests.harness.site import running_site

    with running_site("site") as running:
        yield running


@pytest.fixture(scope="session")
def faulty_model_site() -> Iterator[tuple[Site, FaultyModel]]:
    """A site with little patience, and the model server that tries it."""
    from tests.fakes.llm import FaultyModel
    from tests.harness.site import running_site

    with (
        FaultyModel() as model,
        running_site("impatient", **model.env, **IMPATIENT) as running,
    ):
        yield running, model


@pytest.fixture(scope="session")
def fake_maas_site() -> Iterator[tuple[Site, FakeMaas]]:
    """A site whose memory service is a fake in another process than the site's."""
    from tests.fakes.maas import FakeMaas
    from tests.harness.site import running_site

    with FakeMaas() as maas, running_site("remote-memory", **maas.env) as running:
        yield running, maas


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


@pytest_asyncio.fixture(loop_scope="session")
async def call() -> AsyncIterator[Call]:
    """`await call(site)` is a new guest who speaks plain HTTP and WebSocket."""
    from tests.harness.visitor import Visitor

    async with AsyncExitStack() as visitors:

        async def new_visitor(site: Site) -> Visitor:
            return await visitors.enter_async_context(Visitor.visiting(site))

        yield new_visitor
