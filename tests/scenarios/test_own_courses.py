"""A teacher brings courses in a browser: what is wrong stands by file and line."""

from __future__ import annotations

import json

from playwright.async_api import FilePayload, Page, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.tutor.content.test_oatutor import STEP, pool
from tests.tutor.content.test_upload import zipped
from tests.tutor.content.test_validating import LENGTHS, SOUND, line_of

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def packed(files: dict[str, str], name: str = "course.zip") -> FilePayload:
    data = zipped({file: text.encode() for file, text in files.items()})
    return {"name": name, "mimeType": "application/zip", "buffer": data}


def plain(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


async def account(person: Person) -> Page:
    """A guest who has signed up, on the page of their courses."""
    page = person.page
    await page.goto("/learn/courses/")
    await expect(page.get_by_role("link", name="Sign up").first).to_be_visible()
    person.site.rows(
        "UPDATE accounts_user SET is_guest = false"
        " WHERE id = (SELECT max(id) FROM accounts_user) RETURNING id"
    )
    await page.reload()
    return page


async def bring(page: Page, *files: FilePayload) -> None:
    await page.get_by_label("Choose the files of a course").set_input_files(list(files))
    await page.get_by_role("button", name="Check and bring in").click()


def stored(site: Site, title: str) -> int:
    rows = site.rows(
        "SELECT count(*) AS n FROM tutor_course WHERE title = %s AND brought", title
    )
    return int(rows[0]["n"])


async def test_a_course_with_errors_is_refused_whole_and_the_mended_one_opens(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site, **PHONE)).enter_as_guest()
    page = await account(person)
    title = "Lengths on a phone"
    card = SOUND["course.toml"].replace('"Metric lengths"', f'"{title}"')
    broken = SOUND[LENGTHS].replace('answer = "300"', 'answer = "many"')
    broken = broken.replace('probe_for = "ten-to-a-metre"', 'probe_for = "ten"', 1)
    await bring(page, plain("course.toml", card), plain(LENGTHS, broken))
    report = page.get_by_role("alert")
    await expect(report).to_contain_text("Nothing was taken in")
    await expect(report.get_by_role("heading", name=LENGTHS)).to_be_visible()
    for part in ('answer = "many"', 'probe_for = "ten"'):
        line = f"line {line_of(broken, part)}"
        await expect(report.get_by_text(line, exact=True).first).to_be_visible()
    assert not await page.evaluate(WIDE), "the report scrolls sideways on a phone"
    assert stored(site, title) == 0
    await bring(page, plain("course.toml", card), plain(LENGTHS, SOUND[LENGTHS]))
    await expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    assert "/learn/courses/c" in page.url
    assert stored(site, title) == 1
    await page.get_by_role("button", name="Try a lesson").click()
    await expect(page.get_by_role("log", name="Conversation")).to_be_visible()


async def test_a_pool_of_oatutors_is_refused_by_file_and_line_or_opens_with_what_is_left_out(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    page = await account(person)
    title = "Fractions I"
    before = stored(site, title)
    at = "content-pool/sum1/steps/sum1a/sum1a.json"
    cut = pool() | {at: '{\n "id": "sum1a",\n "stepAnswer": [\n'}
    await bring(page, packed(cut, "pool.zip"))
    report = page.get_by_role("alert")
    await expect(report).to_contain_text("Nothing was taken in")
    await expect(report.get_by_role("heading", name=at)).to_be_visible()
    await expect(report.get_by_text("line 4", exact=True)).to_be_visible()
    assert stored(site, title) == before
    picture = json.dumps(STEP | {"stepTitle": "##figure.gif##"})
    await bring(page, packed(pool() | {"content-pool/b/steps/ba/ba.json": picture}))
    await expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    left_out = page.get_by_role("region", name="One problem was left out.")
    await expect(left_out).to_contain_text("content-pool/b/steps/ba/ba.json")
    assert stored(site, title) == before + 1
    await page.reload()
    await expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    await expect(left_out).to_have_count(0)
