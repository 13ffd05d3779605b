"""A real Chromium for the pages, driven through Playwright's asynchronous side.

The synchronous side would keep an event loop running in the test process, where the
other asynchronous tests then could not start theirs.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright, expect

PATIENCE_MS = 20_000  # a condition that never comes true costs this; two busy cores
# The shell first: without the browser's own windows a page costs a third of the time.
NAMES = (
    "chromium-headless-shell",
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
)
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage"),
]


def found_browser() -> str | None:
    """The path of a Chromium of this machine, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """A Chromium found on the machine, else Playwright's own."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=found_browser(), args=FLAGS
        )
        try:
            yield browser
        finally:
            await browser.close()
