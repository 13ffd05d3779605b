"""`python -m tests.harness.pictures DIRECTORY`: all of them, anew, after one story."""

from __future__ import annotations

import argparse
import asyncio
import os
from contextlib import ExitStack
from pathlib import Path

from tests.harness import database
from tests.harness.browser import running_browser
from tests.harness.person import Person
from tests.harness.pictures import lessons, moments, pages
from tests.harness.pictures.story import told
from tests.harness.site import Site, running_site


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
    """The story, then its pictures, by the one browser."""
    async with running_browser() as browser:
        async with Person.visiting(browser, site) as person:
            await told(person)
            kept = await person.page.context.storage_state()
        await moments.taken(browser, site, directory, kept)
        await pages.taken(browser, site, directory, kept)
        await lessons.taken(browser, site, directory)


if __name__ == "__main__":
    main()
