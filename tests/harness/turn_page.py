"""The turn record as "Why this reply" shows it, read off the page."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True)
class ShownAtom:
    """One recalled memory and how far it came in this turn."""

    content: str
    injected: bool
    cited: bool
    verified: bool
    fed_back: bool


@dataclass(frozen=True)
class Turn:
    """A turn record. `stored` maps what was learnt to its state, as shown."""

    lead: str
    atoms: tuple[ShownAtom, ...]
    feedback: str
    stored: dict[str, str]
    text: str

    def atom(self, part: str) -> ShownAtom:
        """The one atom whose content has `part`, in any case."""
        (found,) = (a for a in self.atoms if part.lower() in a.content.lower())
        return found


async def read_turn(page: Page) -> Turn:
    """Read the open dialog and close it."""
    dialog = page.get_by_role("dialog", name="Why this reply")
    await expect(dialog.get_by_role("heading", name="Feedback")).to_be_visible()
    stored = {}
    for item in (
        await _section(dialog, "Learnt from this turn").locator("li.atom").all()
    ):
        content = await item.locator(".atom-content").inner_text()
        stored[content] = (await item.locator(".state").inner_text()).strip()
    turn = Turn(
        lead=await dialog.locator(".turn-lead").inner_text(),
        atoms=tuple(
            [
                await _read_atom(item)
                for item in await _section(dialog, "Memories").locator("li.atom").all()
            ]
        ),
        feedback=await _section(dialog, "Feedback").locator("p").inner_text(),
        stored=stored,
        text=await dialog.inner_text(),
    )
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()
    return turn


def _section(dialog: Locator, heading: str) -> Locator:
    return dialog.get_by_role("region", name=heading, exact=True)


async def _read_atom(item: Locator) -> ShownAtom:
    content = await item.locator(".atom-content").inner_text()
    stations: dict[str, bool] = {}
    for station in await item.locator(".stations > li").all():
        name, _, reached = (await station.text_content() or "").partition(":")
        stations[name.strip()] = reached.strip() == "yes"
    return ShownAtom(
        content=content,
        injected=stations["In the prompt"],
        cited=stations.get("Cited", False),
        verified=stations["Verified"],
        fed_back=stations["Fed back"],
    )
