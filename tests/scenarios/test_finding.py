"""What was said is found again: in another version, in a folder, far up, in a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.async_api import Locator, expect

from bench import scroll
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

LINES = 400
NUMBERS = """(transcript) => [...transcript.children].map((child) => child.matches(".gap")
  ? -Number(child.dataset.count) : Number(/Line (\\d+)/.exec(child.textContent)[1]))"""
"""Of the lines that stand there; how many do not, less than nothing."""


def chat_file(directory: Path, count: int = LINES) -> Path:
    """A chat as SillyTavern writes it, with the first words and the last ones its own."""
    lines: list[dict[str, object]] = [{"user_name": "Mina", "character_name": "Ailsa"}]
    for number in range(count):
        text = f"Line {number} of a long evening, with a few more words in it."
        if number == 5:
            text += " The zebrafinch sang."
        lines.append({"is_user": number % 2 == 0, "mes": text})
    path = directory / "evening.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


async def imported(site: Site, visit: Visit, path: Path) -> Person:
    """A guest whose long chat was brought along, on its page."""
    person = await (await visit(site)).enter_as_guest()
    await person.page.goto("/conversations/import/")
    await person.page.get_by_label("Files").set_input_files(path)
    await person.page.get_by_label("Whose chats these are").select_option(
        label="Ailsa Muir"
    )
    await person.button("Import").click()
    await expect(person.page.get_by_text("messages are here now.")).to_be_visible()
    await person.page.get_by_role("link", name="Open", exact=True).click()
    await person.page.wait_for_url(re.compile(r"/c/[0-9a-f-]{36}/"))
    person.speaker = "Ailsa Muir"
    return person


async def whole(transcript: Locator) -> None:
    """Every line is there or counted by the gap in its place, and in its order."""
    at = 0
    for number in await transcript.evaluate(NUMBERS):
        if number < 0:
            at -= number
        else:
            assert number == at
            at += 1
    assert at == LINES


async def test_a_hit_in_another_version_is_read_and_then_chosen(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.say("I keep bees by the river.")
    talk = person.page.url
    mine = person.transcript.get_by_role("article", name="You")
    await mine.get_by_role("button", name="Edit").press("Enter")
    box = person.page.get_by_role("textbox", name="Edit message")
    await box.fill("I keep ducks by the river.")
    await box.press("Enter")
    await expect(mine).to_contain_text("ducks")  # sent: now a reply is written
    await person.finished()

    await person.page.goto("/find/")
    words = person.page.get_by_role("searchbox", name="Words to find")
    await words.press_sequentially("bees")
    hit = person.page.get_by_role("link", name=re.compile("You, to Ailsa Muir"))
    await expect(hit).to_have_count(1)
    await expect(hit).to_contain_text("in another version")
    await expect(hit.locator("mark")).to_have_text("bees")
    await words.press("ArrowDown")
    await expect(person.page.locator(".hit").first).to_be_focused()
    # The key that finds leads back into the box here, whatever key that is.
    address = person.page.url
    await person.page.keyboard.press("/")
    await expect(words).to_be_focused()
    await expect(words).to_have_value("bees")
    await person.page.evaluate("document.body.dataset.keys = 'find=x'")
    await words.press("ArrowDown")
    await person.page.keyboard.press("/")
    await expect(person.page.locator(".hit").first).to_be_focused()
    await person.page.keyboard.press("x")
    await expect(words).to_be_focused()
    assert person.page.url == address
    await hit.press("Enter")
    await expect(
        person.page.get_by_text("Reading it here changes nothing")
    ).to_be_visible()

    tab = await person.another_tab()
    await tab.page.goto(talk)
    await expect(tab.transcript).to_contain_text("ducks")
    await person.button("Show this version in the conversation").click()
    await person.page.wait_for_url(re.compile(r"/c/[0-9a-f-]{36}/\?at="))
    await expect(mine).to_contain_text("bees")
    await expect(mine).to_be_focused()
    await expect(tab.transcript).to_contain_text("bees")  # a tab that was open follows


async def test_a_long_conversation_is_scrolled_up_and_goes_on(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    person = await imported(site, visit, chat_file(tmp_path))
    articles = person.transcript.get_by_role("article")
    await expect(articles.last).to_be_in_viewport()
    assert 0 < await articles.count() < LINES
    await person.page.evaluate(scroll.WATCH)  # and scroll, as the benchmark does
    told = await scroll.up(person.page)
    assert told["scroll_messages"] == LINES
    await expect(articles.first).to_contain_text("Line 0 ")
    await whole(person.transcript)
    await scroll.down(person.page)
    await expect(articles.last).to_be_in_viewport()
    await whole(person.transcript)
    assert await person.page.evaluate("window.most") < LINES  # what is far away went

    stood = await articles.count()
    reply = await person.say("And a new line.")
    assert reply.text
    await expect(articles).to_have_count(stood + 2)
    other = await person.another_tab()
    await other.page.goto(person.page.url)
    mine = other.transcript.get_by_role("article", name="You").last
    await mine.get_by_role("button", name="Delete").click()
    await expect(articles).to_have_count(stood)  # what was loaded above stays


async def test_a_hit_far_up_opens_there_with_the_newest_messages_below(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    person = await imported(site, visit, chat_file(tmp_path))
    await person.page.goto("/find/?q=zebrafinch")
    await person.page.locator(".hit").click()
    articles = person.transcript.get_by_role("article")
    hit = articles.filter(has_text="zebrafinch")
    await expect(hit).to_be_focused()
    await expect(hit).to_be_in_viewport()
    await expect(articles.last).to_contain_text(f"Line {LINES - 1} ")
    await expect(articles.first).to_contain_text("Line 0 ")
    gap = person.page.get_by_role("button", name="Show the messages between")
    await expect(gap).to_have_count(1)


async def test_a_conversation_is_named_moved_archived_and_taken_along(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    person = await imported(site, visit, chat_file(tmp_path, 6))
    page = person.page
    await page.get_by_role("link", name="Name, colours, folder, export").click()
    await page.get_by_role("textbox", name="Name", exact=True).fill("The long evening")
    await person.button("Save").click()
    await expect(page.get_by_text("The name is saved.")).to_be_visible()
    await page.get_by_role("textbox", name="A new folder").fill("Evenings")
    await person.button("Move").click()
    await expect(page.get_by_text("It is moved.")).to_be_visible()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Web page").click()
    saved = tmp_path / "saved.html"
    await (await coming.value).save_as(saved)
    html = saved.read_text(encoding="utf-8")
    assert "The zebrafinch sang." in html
    assert "<script" not in html

    await page.goto("/conversations/")
    await page.get_by_role("link", name=re.compile("^Evenings")).click()
    row = page.locator(".row", has_text="The long evening")
    await row.get_by_label("Menu of The long evening").click()
    await row.get_by_role("button", name="Archive").click()
    await expect(page.get_by_text("It is in the archive now.")).to_be_visible()
    await expect(person.button("Undo")).to_be_focused()
    await person.button("Undo").press("Enter")
    await expect(row.get_by_role("link")).to_have_count(1)
