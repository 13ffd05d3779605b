"""Versions of messages in the page: paged, edited, branched, deleted and taken back.

What is remembered follows what is shown; the Memory panel is read to see it.
"""

from __future__ import annotations

import re
from threading import Event

from playwright.async_api import Locator, Route, expect

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

WALK = "I like long walks in the rain."
JAZZ = "I like rainy jazz playlists."


async def started(site: Site, visit: Visit, said: str = WALK) -> Person:
    """A person with one message and its reply."""
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.say(said)
    return person


async def test_paging_versions_changes_what_is_remembered(
    site: Site, visit: Visit
) -> None:
    person = await started(site, visit)
    await person.learnt()
    panel = await open_memory(person)
    await expect(panel).to_contain_text("walks in the rain")
    await edit(person, JAZZ)
    await person.finished()
    await person.learnt()
    await expect(mine(person)).to_contain_text("2 / 2")
    await expect(panel).to_contain_text("jazz")
    await expect(panel).not_to_contain_text("walks in the rain")

    await mine(person).get_by_role("button", name="Previous version").click()
    await expect(mine(person)).to_contain_text(WALK)
    await expect(mine(person)).to_contain_text("1 / 2")
    await expect(panel).to_contain_text("walks in the rain")
    await expect(panel).not_to_contain_text("jazz")
    # The focus stays with the pager, so the arrow keys go on from there.
    await person.page.keyboard.press("ArrowRight")
    await expect(mine(person)).to_contain_text(JAZZ)
    await expect(panel).to_contain_text("jazz")
    await expect(panel).not_to_contain_text("walks in the rain")
    await expect(person.transcript.get_by_role("article")).to_have_count(3)


async def test_a_deletion_can_be_undone_also_after_a_reload(
    site: Site, visit: Visit
) -> None:
    person = await started(site, visit)
    await person.learnt()
    panel = await open_memory(person)
    await expect(panel).to_contain_text("walks in the rain")
    await mine(person).get_by_role("button", name="Delete").click()
    await expect(person.transcript.get_by_text(WALK)).to_have_count(0)
    await expect(panel).not_to_contain_text("walks in the rain")
    await expect(person.page.get_by_text("2 messages deleted.")).to_be_visible()
    await expect(person.button("Undo")).to_be_focused()
    await person.page.reload()
    await expect(person.page.get_by_text(re.compile(r"^\d+ s$"))).to_be_visible()
    await person.button("Undo").click()
    await expect(person.transcript.get_by_role("article")).to_have_count(3)
    await expect(mine(person)).to_contain_text(WALK)
    await expect(person.button("Undo")).to_have_count(0)
    await expect(await open_memory(person)).to_contain_text("walks in the rain")


async def test_many_deletions_in_a_row_leave_room_for_what_is_read(
    site: Site, visit: Visit
) -> None:
    person = await visit(site, viewport={"width": 360, "height": 640})
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    for said in (WALK, JAZZ):
        await person.say(said)
    articles = person.transcript.get_by_role("article")
    for left in range(4, 0, -1):
        last = articles.last.get_by_role("button", name="Delete")
        await last.click(timeout=5_000)  # not covered until a notice has gone
        await expect(articles).to_have_count(left)
    place = await person.page.locator("#undo").bounding_box()
    assert place is not None
    assert place["height"] <= 0.31 * 640
    await person.button("Undo").last.click()
    await expect(person.button("Undo")).to_have_count(3)
    # What stood above it is deleted, too: it can not be seen yet, and that is said.
    await expect(person.page.locator("#notice")).to_contain_text("not shown yet")
    await person.button("Undo").first.click()
    await expect(articles).to_have_count(2)
    await expect(person.page.locator("#notice")).to_be_empty()


async def test_an_edit_in_the_making_outlives_a_reload_and_escape_gives_it_up(
    site: Site, visit: Visit
) -> None:
    person = await started(site, visit)
    await mine(person).get_by_role("button", name="Edit").click()
    box = person.page.get_by_role("textbox", name="Edit message")
    await expect(box).to_be_focused()
    await expect(box).to_have_value(WALK)
    await box.press_sequentially(" Alone.")
    await person.page.reload()
    await expect(box).to_have_value(f"{WALK} Alone.")
    await box.press("Escape")
    await expect(box).to_have_count(0)
    await expect(mine(person)).to_contain_text(WALK)
    await expect(mine(person).get_by_role("button", name="Edit")).to_be_focused()
    await person.page.reload()
    await expect(mine(person)).to_contain_text(WALK)
    await expect(box).to_have_count(0)


async def test_an_earlier_reply_anew_shows_in_every_tab_and_its_tail_comes_back(
    site: Site, visit: Visit
) -> None:
    person = await started(site, visit)
    await person.say("My sister Marta plays the cello.")
    other = await person.another_tab()
    await other.page.goto(person.page.url)
    await mine(other).first.get_by_role("button", name="Edit").click()
    box = other.page.get_by_role("textbox", name="Edit message")
    await box.fill("I like long walks at night.")

    tabs = [tab.transcript.get_by_role("article") for tab in (person, other)]
    first = tabs[0].nth(2)
    await first.get_by_role("button", name="Regenerate").click()
    for articles in tabs:
        await expect(articles.nth(2)).to_contain_text("2 / 2")
        await expect(articles).to_have_count(3)
    await person.finished()
    await first.get_by_role("button", name="Previous version").click()
    for articles in tabs:
        await expect(articles).to_have_count(5)
        await expect(articles.nth(3)).to_contain_text("Marta plays the cello")
    # What the other tab was writing meanwhile is untouched.
    await expect(box).to_have_value("I like long walks at night.")
    await expect(box).to_be_focused()


async def test_a_branch_shares_what_was_said_and_goes_its_own_way(
    site: Site, visit: Visit
) -> None:
    person = await started(site, visit)
    origin = person.page.url
    await person.learnt()
    reply = person.transcript.get_by_role("article").last
    # Drawn anew with what was learnt: a press in just that moment would hit the old one.
    await expect(reply.get_by_role("button", name="new memor")).to_be_visible()
    await reply.get_by_role("button", name="Branch").click()
    await person.page.wait_for_url(lambda url: url != origin)
    await expect(mine(person)).to_contain_text(WALK)
    await person.say("My sister Marta plays the cello.")
    await person.page.get_by_role("link", name="Branch of").click()
    await person.page.wait_for_url(origin)
    await expect(person.transcript.get_by_role("article")).to_have_count(3)
    await expect(person.transcript).not_to_contain_text("cello")


async def test_a_stopped_reply_goes_on_from_where_it_was(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    model.reset()
    model.next(llm.streamed_until(Event()))
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.send("Tell me a long story.")
    await expect(person.transcript).to_contain_text("word9 ")
    await person.button("Stop").click()
    await person.finished()
    reply = person.transcript.get_by_role("article").last
    body = reply.locator(".prose")
    before = (await body.inner_text()).strip()
    model.next(llm.streamed("and so it ended."))
    await reply.get_by_role("button", name="Continue").click()
    await expect(body).to_contain_text("and so it ended.")
    await person.finished()
    after = (await body.inner_text()).strip()
    assert after.startswith(before)
    assert after.removeprefix(before).strip() == "and so it ended."
    await person.page.reload()
    await expect(body).to_have_text(after, use_inner_text=True)


async def test_what_began_and_whose_answer_was_lost_is_no_error_and_happens_once(
    site: Site, visit: Visit
) -> None:
    person = await started(site, visit)
    reply = person.transcript.get_by_role("article").last
    body = reply.locator(".body")
    before = await body.inner_text()

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await person.page.route(re.compile("/(continue|regenerate)/$"), lose_the_answer)
    await reply.get_by_role("button", name="Continue").click()
    # The socket brings what went on: so the server was reached after all.
    await expect(body).not_to_have_text(before, use_inner_text=True)
    await person.finished()
    await expect(person.page.get_by_role("alert")).to_have_count(0)
    await reply.get_by_role("button", name="Regenerate").click()
    await expect(reply).to_contain_text("2 / 2")
    await expect(person.page.get_by_role("alert")).to_have_count(0)
    written = site.rows(
        "SELECT id FROM conversations_generation WHERE conversation_id = %s",
        person.conversation_id,
    )
    assert len(list(written)) == 3


async def test_while_a_reply_runs_the_message_says_why_nothing_happens(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> None:
    site, model = faulty_model_site
    model.reset()
    person = await started(site, visit)
    await edit(person, JAZZ)
    await person.finished()
    model.next(llm.streamed_until(Event()))
    await person.send("Tell me a long story.")
    await expect(person.transcript).to_contain_text("word9 ")
    first = mine(person).first
    await first.get_by_role("button", name="Previous version").click()
    await expect(first).to_contain_text("Ailsa Muir is still replying.")
    await person.button("Stop").click()
    await person.finished()
    await expect(first).not_to_contain_text("is still replying")
    await first.get_by_role("button", name="Previous version").click()
    await expect(first).to_contain_text(WALK)


def mine(person: Person) -> Locator:
    """The person's own messages."""
    return person.transcript.get_by_role("article", name="You")


async def edit(person: Person, text: str) -> None:
    """Say the first message otherwise, by keyboard."""
    await mine(person).first.get_by_role("button", name="Edit").press("Enter")
    box = person.page.get_by_role("textbox", name="Edit message")
    await box.fill(text)
    await box.press("Enter")
    await expect(box).to_have_count(0)


async def open_memory(person: Person) -> Locator:
    """The Memory panel, open."""
    await person.page.get_by_role("button", name="Memory", exact=True).click()
    panel = person.page.get_by_role("complementary", name="Memory")
    await expect(panel).to_be_visible()
    return panel
