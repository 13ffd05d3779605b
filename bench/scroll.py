"""Scrolling up a long conversation in a real browser: part of `bench.long`.

Long tasks are those that the browser reports: over 50 ms by the clock, which a busy machine
makes of many. Two figures in processor time bear that better: of the longest task that the
page's main thread had on the way down, and of its work from one load of sixty messages to
the next on the way up.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from itertools import pairwise
from typing import Any

from playwright.async_api import CDPSession, Page

from bench.site import Site
from bench.table import Number
from tests.harness.browser import running_browser

LONG_MS = 50
LOAD = 60
"""Messages: as many as are asked for at a time."""
ENDS = 4
"""Loads at either end of the way whose processor time is compared."""
AIMS: Mapping[str, Number] = {
    "scroll_up_long_task_ms_max": LONG_MS,
    "scroll_down_long_task_ms_max": LONG_MS,
    "scroll_task_cpu_ms_max": LONG_MS,
}
PATIENCE_MS = 60_000
WATCH = """() => {
  window.longTasks = [];
  new PerformanceObserver((seen) => {
    for (const task of seen.getEntries()) window.longTasks.push(task.duration);
  }).observe({ type: "longtask" });
  window.seen = new Set(); // ids of messages that stood on the page
  window.most = 0; // that stood there at once
  const look = () => {
    const all = document.getElementById("transcript").children;
    for (const one of all) if (one.id) window.seen.add(one.id);
    window.most = Math.max(window.most, all.length);
  };
  window.frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
    look();
    done();
  }, 4)));
  look();
}"""
LONG_TASKS = "() => window.longTasks.splice(0)"
# As a wheel does it, in pieces, until so many messages were seen or there are no more.
UP = """async (wanted) => {
  const scroller = document.getElementById("scroller");
  const first = () => document.getElementById("transcript").firstElementChild;
  for (let n = 0; n < 4000 && window.seen.size < wanted; n += 1) {
    if (scroller.scrollTop <= 0 && !first().matches(".gap")) break;
    scroller.scrollBy(0, -400);
    await window.frame();
  }
  return window.seen.size;
}"""
DOWN = """async () => {
  const scroller = document.getElementById("scroller");
  const left = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  for (let n = 0; n < 40000 && left() > 1; n += 1) {
    scroller.scrollBy(0, 400);
    await window.frame();
  }
}"""


async def measure(site: Site, count: int) -> dict[str, Number]:
    """Open a conversation of so many messages; scroll from its end to its first and back."""
    async with running_browser() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(site.url)
        await page.locator('form[action="/guest/"] button').first.click()
        await page.wait_for_load_state()
        address = await asyncio.to_thread(site.run, "bench.long_talk", count)
        await page.goto(f"{site.url}{address}")
        await page.wait_for_load_state("networkidle")
        return await scrolled(page)


async def scrolled(page: Page) -> dict[str, Number]:
    """Scroll the conversation that this page shows to its first message, and back."""
    await page.evaluate(WATCH)
    there = await up(page)
    back = await down(page)
    return {**there, **back, "scroll_articles_max": await page.evaluate("window.most")}


async def up(page: Page) -> dict[str, Number]:
    """To the first message of a page that is watched."""
    thread = await page.context.new_cdp_session(page)
    await thread.send("Performance.enable", {"timeDomain": "threadTicks"})
    had: int = await page.evaluate("window.seen.size")
    spent = [await _worked_ms(thread)]
    while (now := await page.evaluate(UP, had + LOAD)) > had:
        had = now
        spent.append(await _worked_ms(thread))
    steps = [after - before for before, after in pairwise(spent)]
    long: list[float] = await page.evaluate(LONG_TASKS)
    first, last = sum(steps[:ENDS]), sum(steps[-ENDS:])
    return {
        "scroll_messages": had,
        "scroll_up_long_tasks": len(long),
        "scroll_up_long_task_ms_max": max(long, default=0.0),
        "scroll_load_cpu_ms_first": round(first / max(1, len(steps[:ENDS])), 1),
        "scroll_load_cpu_ms_last": round(last / max(1, len(steps[-ENDS:])), 1),
        "scroll_last_to_first": round(last / first, 2) if first else 0.0,
    }


async def down(page: Page) -> dict[str, Number]:
    """To the last message again."""
    tasks = await _tasks_ms(page, page.evaluate(DOWN))
    long: list[float] = await page.evaluate(LONG_TASKS)
    return {
        "scroll_down_long_tasks": len(long),
        "scroll_down_long_task_ms_max": max(long, default=0.0),
        "scroll_tasks": len(tasks),
        "scroll_tasks_over_50_cpu_ms": sum(1 for each in tasks if each > LONG_MS),
        "scroll_task_cpu_ms_max": round(max(tasks), 1),
    }


async def _tasks_ms(page: Page, work: Awaitable[object]) -> list[float]:
    """Processor time of each task of the page's main thread during `work`."""
    browser = await page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]  # launched here
    spent: dict[tuple[int, int], list[float]] = defaultdict(list)
    mains: set[tuple[int, int]] = set()

    def read(chunk: dict[str, Any]) -> None:
        for event in chunk["value"]:
            thread = event["pid"], event["tid"]
            if event["name"].endswith("RunTask"):
                spent[thread].append(event.get("tdur", 0) / 1000)
            elif event.get("args", {}).get("name") == "CrRendererMain":
                mains.add(thread)

    ended = asyncio.Event()
    browser.on("Tracing.dataCollected", read)
    browser.on("Tracing.tracingComplete", lambda _: ended.set())
    config = {"includedCategories": ["toplevel", "__metadata"]}
    await browser.send("Tracing.start", {"traceConfig": config})
    await work
    await browser.send("Tracing.end")
    await ended.wait()
    return [each for thread in mains for each in spent[thread]]


async def _worked_ms(thread: CDPSession) -> float:
    """Processor time of the page's main thread so far."""
    found: dict[str, Any] = await thread.send("Performance.getMetrics")
    values = {each["name"]: each["value"] for each in found["metrics"]}
    return float(values["TaskDuration"]) * 1000
