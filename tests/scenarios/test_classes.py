"""A class from its link to its sums, and every control of the learner's page."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
PRACTISED = """
from django.utils import timezone
from chatapp.accounts.models import User
from tests.tutor.people.history import Past
from tutor.models import Course
course = Course.objects.get(slug="computer-networks")
for number, pk in enumerate({ids}):
    past = Past(User.objects.get(pk=pk), course, timezone.now())
    past.reached("octets", days_ago=40)
    for item, days in (("octet-largest", 2), ("octet-impossible", 1)):
        past.answered(item, ok=False, days_ago=days, says=f"256 is word {{number}}",
                      misconception="octet-reaches-256")
"""


def practised(site: Site, *people: int) -> None:
    """Each of these has reached a concept long ago, and holds one mix-up now."""
    site.manage("shell", "-v", "0", "-c", PRACTISED.format(ids=list(people)))


def newest_guest(site: Site) -> int:
    rows = site.rows("SELECT max(id) AS id FROM accounts_user")
    return int(rows[0]["id"])


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()


async def join(person: Person, link: str, name: str) -> int:
    page = person.page
    await page.goto(link)
    await press(page, "Go on as a guest")
    await page.get_by_label("Your name in this class").fill(name)
    await press(page, "Join the class")
    await expect(page.get_by_text(f"You are “{name}” there.")).to_be_visible()
    return newest_guest(person.site)


async def test_a_class_from_its_link_to_its_sums_and_a_learners_consent(
    site: Site, visit: Visit
) -> None:
    teacher = await (await visit(site)).enter_as_guest()
    desk = teacher.page
    await desk.goto("/learn/classes/")
    await press(desk, "Make the class")
    await expect(desk.get_by_text("Give the class a name.")).to_be_visible()
    await desk.get_by_label("Name of the class").fill("Tuesday evening")
    await desk.get_by_label("Course").select_option("computer-networks")
    await desk.get_by_label("Your name, as learners know you").fill("Ms Okafor")
    await press(desk, "Make the class")
    await expect(desk.get_by_role("heading", name="Tuesday evening")).to_be_visible()
    await press(desk, "Make a link")
    link = (await desk.locator("#new-link").inner_text()).strip()
    ana, *others = [await visit(site) for _ in range(3)]
    ids = [await join(ana, link, "Ana")]
    ids += [await join(o, link, f"Learner {n}") for n, o in enumerate(others)]
    practised(site, *ids)
    await desk.reload()
    await expect(desk.locator("#new-link")).to_have_count(0)
    together = desk.get_by_role("region", name="The class together")
    await expect(together).to_contain_text("Over 3 learners.")
    await expect(together).to_contain_text("An octet goes up to 256.")
    await expect(together).to_contain_text("256 is word 1")

    # Assignment and question.
    await desk.get_by_label("Title").fill("Octets again")
    await desk.get_by_label("Octets and binary").check()
    due = date.today() + timedelta(days=5)
    await desk.get_by_label("Due at the end of").fill(due.isoformat())
    await press(desk, "Give the assignment")
    await expect(desk.get_by_role("article", name="Octets again")).to_be_visible()
    await ana.page.reload()
    await expect(ana.page.get_by_text("Octets again", exact=True)).to_be_visible()
    await ana.page.get_by_label("Ask for help").fill("Why not 256?")
    await press(ana.page, "Ask")
    await desk.reload()
    await desk.get_by_label("Answer Ana").fill("Because zero counts.")
    await press(desk, "Send the answer")

    # The learner's own page, while she lets the teacher see it.
    await expect(desk.get_by_role("link", name="Ana")).to_have_count(0)
    await press(ana.page, "Show my page to my teacher")
    await expect(ana.page.get_by_text("Because zero counts.")).to_be_visible()
    await desk.reload()
    await desk.get_by_role("link", name="Ana").click()
    await expect(desk.get_by_role("heading", name="Concept map")).to_be_visible()
    await expect(desk.get_by_role("button", name="That's wrong")).to_have_count(0)
    await press(ana.page, "Stop showing my page")
    await expect(
        ana.page.get_by_role("button", name="Show my page to my teacher")
    ).to_be_visible()
    await desk.reload()
    await expect(
        desk.get_by_role("heading", name="There is nothing at this address.")
    ).to_be_visible()


async def test_a_learner_follows_a_number_to_its_words_and_says_that_it_is_wrong(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    person = await (await visit(site, **PHONE)).enter_as_guest()
    page = person.page
    await page.goto("/learn/me/")
    await expect(page.get_by_role("link", name="Choose a course")).to_be_visible()
    practised(site, newest_guest(site))
    await page.reload()
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(wide), "the page scrolls sideways on a phone"

    # By keyboard alone: the disc of the map, then the words behind its number.
    disc = page.get_by_role("link", name="Octets and binary: reached before").first
    await disc.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("256 is word 0").first).to_be_visible()
    await expect(page.get_by_text("It is due for a refresh.")).to_be_visible()
    await page.get_by_role("link", name="Where you wrote it").first.click()
    await expect(page.get_by_role("log", name="Conversation")).to_contain_text(
        "256 is word 0"
    )
    await page.goto("/learn/me/")
    await page.get_by_text("The same as a table").first.click()
    table = page.get_by_role("group", name="Concepts as a table")
    await expect(table.get_by_role("link", name="Octets and binary")).to_be_visible()

    mix_up = page.locator(".belief").filter(has_text="An octet goes up to 256.")
    before = await mix_up.locator(".belief-why").inner_text()
    await mix_up.get_by_role("button", name="That's wrong").click()
    await expect(page.get_by_text("What you said before is kept.")).to_be_visible()
    rows = site.rows(
        "SELECT count(*) AS n FROM tutor_evidence WHERE misconception = %s"
        " AND ok IS FALSE AND learner_id = %s",
        "octet-reaches-256",
        newest_guest(site),
    )
    assert rows[0]["n"] == 2
    after = page.locator(".belief").filter(has_text="An octet goes up to 256.")
    await expect(after.locator(".belief-why")).not_to_have_text(before)
    await expect(mix_up).to_contain_text("You said that you do not think:")
    coming = page.get_by_role("region", name="What comes back when")
    await expect(coming).to_contain_text("An octet goes up to 256.")

    async with page.expect_download() as started:
        await page.get_by_role("link", name="Export as JSON").click()
    file = tmp_path / "learning.json"
    await (await started.value).save_as(file)
    told = json.loads(file.read_text(encoding="utf-8"))
    assert "256 is word 0" in {e["quote"] for e in told["courses"][0]["evidence"]}
