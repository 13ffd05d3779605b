"""One picture: what a window shows, in few colours and bytes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

COLOURS = 128
"""Text on paper needs no more, and the file is a third as large."""


async def shot(page: Page, path: Path) -> None:
    """Write what the window shows now."""
    await page.evaluate("document.fonts.ready")
    whole = await page.screenshot(animations="disabled", caret="hide")
    few = (
        Image.open(BytesIO(whole))
        .convert("RGB")
        .quantize(COLOURS, dither=Image.Dither.NONE)
    )
    few.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
