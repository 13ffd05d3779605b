"""What axe-core finds on a page as it stands: the rules of WCAG 2.2 A and AA, and more.

Only serious and critical findings count. Rules that axe could not decide (a picture
behind text) are none: the contrast of all tokens is computed in `tests/page`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.async_api import Page

GRAVE = ("serious", "critical")
NODES_SHOWN = 4
RUN = """
async (only) => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    ...(only.length ? { runOnly: { type: "rule", values: only } } : {}),
  });
  return found.violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help,
    nodes: nodes.map(({ html, target, failureSummary }) =>
      ({ html, target: target.join(" "), why: failureSummary })),
  }));
}
"""


@dataclass(frozen=True)
class Finding:
    """One broken rule, with the elements that break it."""

    rule: str
    impact: str
    text: str
    where: tuple[str, ...]

    def __str__(self) -> str:
        shown = "\n    ".join(self.where[:NODES_SHOWN])
        more = len(self.where) - NODES_SHOWN
        rest = f"\n    and {more} more" if more > 0 else ""
        return f"{self.rule} ({self.impact}): {self.text}\n    {shown}{rest}"


@cache
def _source() -> str:
    found = files("axe_playwright_python").joinpath("axe.min.js")
    return found.read_text(encoding="utf-8")


async def findings(page: Page, *, only: tuple[str, ...] = ()) -> list[Finding]:
    """The serious and critical findings of the page; `only` names rules to try alone."""
    if not await page.evaluate("typeof axe !== 'undefined'"):
        # As the debugger, which the page's content policy does not bind.
        await page.evaluate(_source())
    found: list[dict[str, Any]] = await page.evaluate(RUN, list(only))
    return [
        Finding(
            each["id"],
            each["impact"],
            each["help"],
            tuple(f"{n['target']}: {n['html'][:160]}" for n in each["nodes"]),
        )
        for each in found
        if each["impact"] in GRAVE
    ]
