"""What is cut off at the right edge, which axe does not look at."""

from __future__ import annotations

from playwright.async_api import Page

TOO_WIDE = """() => {
  const sideways = new Set(["auto", "scroll"]);
  const style = (element) => getComputedStyle(element);
  // A code block may scroll sideways by itself; a sheet that scrolls down may not.
  // A line that ends in an ellipsis is meant to be cut.
  const may = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      const down = at.scrollHeight > at.clientHeight + 1;
      if (sideways.has(style(at).overflowX) && !down) return true;
      if (style(at).textOverflow === "ellipsis") return true;
    }
    return false;
  };
  const said = (element) =>
    `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`;
  return [...document.querySelectorAll("body *")]
    .filter((element) => {
      const box = element.getBoundingClientRect();
      return (
        box.width > 1 && box.height > 1 &&
        box.left < innerWidth && box.right > innerWidth + 1 &&
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        !may(element)
      );
    })
    .map((element) => {
      const over = element.getBoundingClientRect().right - innerWidth;
      return `${said(element)} ${Math.round(over)} px`;
    });
}"""


async def too_wide(page: Page) -> list[str]:
    """The elements that reach beyond the screen, each with by how much."""
    found: list[str] = await page.evaluate(TOO_WIDE)
    return found
