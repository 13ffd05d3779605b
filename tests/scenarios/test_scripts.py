"""The page's own scripts, read by a browser: each fits the others, their tests hold.

A module is linked and not run: it is imported behind one that throws, so that what is
wrong with its syntax or its imports is said first, and nothing of it happens.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route

from bench.size import page_js
from tests.harness.fixtures import Visit
from tests.harness.processes import PROJECT
from tests.harness.site import Site

ORIGIN = "http://scripts.test"
SCRIPTS = sorted(path.name for path in (PROJECT / "static" / "js").glob("*.js"))
TESTS = sorted(path.name for path in (PROJECT / "tests" / "js").glob("*.test.mjs"))
LINK = """async (names) => {
  const wrong = {};
  for (const name of names) {
    const ran = () => "it ran";
    const said = await import(`/linked/${name}`).then(ran, (error) => error.message);
    if (said !== "linked") wrong[name] = said;
  }
  return wrong;
}"""
OFFLINE = re.compile(r"/(?:keep|owner)\.")
OFFLINE_BYTES = 1_500
"""What each page may load so that a phone can show a copy of it without a network."""
RUN = """(name) => new Promise((resolve, reject) => {
  const worker = new Worker(`/tested/${name}`, { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message || "it can not be loaded"));
})"""
LOADED = """() => performance.getEntriesByType("resource")
  .map(({ name }) => name).filter((name) => new URL(name).pathname.endsWith(".js"))"""


def source(path: str) -> str:
    """What stands at this path of the made-up origin."""
    place, _, name = path.strip("/").partition("/")
    if place == "linked":
        return f'import "/throws.js"; import "/static/js/{name}";'
    if place == "throws.js":
        return 'throw new Error("linked");'
    if place == "tested":
        told = 'import { results } from "/tests/js/in_a_browser/test.js";'
        return f'{told} import "/tests/js/{name}"; postMessage(await results());'
    text = (PROJECT / path.strip("/")).read_text(encoding="utf-8")
    text = text.replace('"node:test"', '"/tests/js/in_a_browser/test.js"')
    return text.replace('"node:assert/strict"', '"/tests/js/in_a_browser/assert.js"')


def answering(text: str) -> Callable[[Route], Awaitable[None]]:
    """A route to a script that says this."""

    async def serve(route: Route) -> None:
        await route.fulfill(content_type="text/javascript", body=text)

    return serve


@pytest_asyncio.fixture(name="bare", loop_scope="session")
async def _bare(chromium: Browser) -> AsyncIterator[Page]:
    """An empty page, beside which the project's scripts can be had."""

    async def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/":
            await route.fulfill(content_type="text/html", body="<!doctype html>")
        else:
            await route.fulfill(content_type="text/javascript", body=source(path))

    context = await chromium.new_context()
    await context.route(f"{ORIGIN}/**", serve)
    page = await context.new_page()
    await page.goto(f"{ORIGIN}/")
    yield page
    await context.close()


async def test_every_module_can_be_read_and_finds_what_it_imports(bare: Page) -> None:
    assert await bare.evaluate(LINK, SCRIPTS) == {}
    later = {
        name
        for script in SCRIPTS
        for name in re.findall(
            r'\bimport\("\./([^"]+)"\)', source(f"static/js/{script}")
        )
    }
    assert later <= set(SCRIPTS)


async def test_a_module_that_does_not_fit_is_found(bare: Page) -> None:
    """The test above can fail: for a mistake of writing, and for a name that is gone."""
    for text, problem in (
        ("const = 1;", "Unexpected"),
        ('import { nobody } from "/static/js/phrase.js";', "nobody"),
        ("const fits = await 1;", ""),
    ):
        await bare.route("**/static/js/wrong.js", answering(text))
        said = await bare.evaluate(LINK, ["wrong.js"])
        assert problem in said.get("wrong.js", "") if problem else not said
        await bare.unroute("**/static/js/wrong.js")
        await bare.reload()  # what was loaded is loaded anew


@pytest.mark.parametrize("name", TESTS)
async def test_the_scripts_own_tests_hold(bare: Page, name: str) -> None:
    told = await bare.evaluate(RUN, name)
    assert told
    assert not [(test, problem) for test, problem in told if problem]


async def test_a_conversation_loads_what_the_benchmark_counts_and_no_more(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.page.wait_for_load_state("networkidle")
    loaded = await person.page.evaluate(LOADED)
    cookies = await person.page.context.cookies()
    session = next(each["value"] for each in cookies if each["name"] == "sessionid")
    counted = await asyncio.to_thread(
        page_js, site.url, person.conversation_id, session
    )
    assert sorted(set(loaded)) == sorted(counted.first)
    assert counted.later
    assert not counted.first.keys() & counted.later.keys()
    offline = [size for script, size in counted.first.items() if OFFLINE.search(script)]
    assert len(offline) == 2
    assert sum(offline) <= OFFLINE_BYTES
