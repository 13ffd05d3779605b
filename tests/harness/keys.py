"""Somebody with a keyboard and no mouse, who has to see where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Page

from tests.harness.waiting import eventually

MOST_STEPS = 150
# Where the focus is, under which name, and whether a person sees that it is there: the
# element, what labels it or what stands around it has an outline, and is on the screen.
HERE = r"""
() => {
  const node = document.activeElement;
  if (!node || node === document.body) return { name: "", html: "", problem: "lost" };
  const label = node.labels && node.labels[0];
  const by = node.getAttribute("aria-labelledby");
  const named = by && document.getElementById(by);
  const text = node.getAttribute("aria-label") || (label || named || node).textContent || "";
  const marked = (each) => {
    if (!each) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  const around = [node.parentElement, node.parentElement?.parentElement, node.closest("form")];
  const shows = [node, label, node.nextElementSibling, ...around].find(marked);
  const box = (shows || node).getBoundingClientRect();
  const isOff = box.width < 2 || box.height < 2 || box.bottom <= 0 || box.right <= 0
    || box.top >= innerHeight || box.left >= innerWidth;
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.15, 0.5, 0.85].map((y) =>
    document.elementFromPoint(box.left + x * box.width, box.top + y * box.height)));
  const isCovered = !points.some((p) => p && (node.contains(p) || p.contains(node)
    || shows?.contains(p) || label?.contains(p)));
  return {
    name: text.trim().replace(/\s+/g, " "),
    html: node.outerHTML.slice(0, 160),
    problem: !shows ? "not marked" : isOff ? "off the screen" : isCovered ? "covered" : "",
  };
}
"""


@dataclass(frozen=True)
class Place:
    """Where the focus is. `problem` says why a person could not see it; "" if they can."""

    name: str
    html: str
    problem: str


class Keys:
    """One page's keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def here(self) -> Place:
        """Where the focus is now."""
        return Place(**await self.page.evaluate(HERE))

    async def at(self, name: str) -> None:
        """Wait until the focus is seen on what has this name (a pattern)."""

        async def arrived() -> Place:
            place = await self.here()
            assert re.fullmatch(name, place.name), f"at {place}"
            assert not place.problem, place
            return place

        _: Place = await eventually(arrived, f"the focus is on {name!r}")

    async def press(self, key: str) -> None:
        """One key."""
        await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Words, where the focus is."""
        await self.page.keyboard.type(text)

    async def to(self, name: str, *, back: bool = False) -> None:
        """Tab (or Shift+Tab) to what has this name; every stop on the way is seen."""
        for _ in range(MOST_STEPS):
            await self.press("Shift+Tab" if back else "Tab")
            place = await self.here()
            # Behind the last element the browser's own controls come, then the first.
            assert not place.problem or place.problem == "lost", place
            if re.fullmatch(name, place.name):
                return
        msg = f"{MOST_STEPS} steps do not lead to {name!r}"
        raise AssertionError(msg)
