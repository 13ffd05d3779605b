"""English, Korean, Japanese: the page changes its language, the conversation stays.

What was typed, what is read and what is being written are the same before and after.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Event

import pytest
from playwright.async_api import Page, expect

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site


@dataclass(frozen=True)
class Words:
    """What the page says in one language; `name` is how the switch calls it."""

    code: str
    name: str
    write: str
    stop: str
    send: str
    memory: str
    regenerate: str
    nothing: str


LANGUAGES = {
    "ko": Words(
        *("ko", "한국어", "Ailsa Muir 님에게 쓰기", "멈추기", "보내기", "기억"),
        *("다시 생성", "먼저 무언가를 쓰세요."),
    ),
    "ja": Words(
        *("ja", "日本語", "Ailsa Muir に書く", "止める", "送信", "記憶"),
        *("再生成", "先に何か書いてください。"),
    ),
}
languages = pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)


READ_THE_BEGINNING = """async (scroller) => {
  for (let frame = 0; document.getElementById("latest").hidden; frame += 1) {
    if (frame > 1200) throw new Error("the page follows the reply all the same");
    scroller.scrollTop = 0;
    await new Promise(requestAnimationFrame);
  }
}"""
"""Up, until the page has understood that the person reads there."""


async def reading_at(page: Page) -> float:
    """Where the first message stands in the window."""
    box = await page.locator("article.message").first.bounding_box()
    assert box is not None
    return box["y"]


async def switch(person: Person, name: str) -> None:
    """Open the account's menu and choose a language by its own name."""
    menu = person.page.locator(".account details.menu")
    await menu.locator("summary").click()
    await menu.get_by_role("button", name=name, exact=True).click()


@languages
async def test_a_language_chosen_in_mid_reply_changes_the_page_and_not_the_conversation(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit, words: Words
) -> None:
    site, model = faulty_model_site
    # So low that a reply's first words already need scrolling.
    person = await visit(site, locale="en-GB", viewport={"width": 1000, "height": 420})
    page = person.page
    enough = Event()
    model.reset()
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    model.every_reply = llm.streamed_until(enough)
    await person.send("Tell me a long story.")
    await expect(person.transcript).to_contain_text("word10 ")
    await person.box.fill("A draft that must stay")
    await page.evaluate("window.sameDocument = true")
    text = page.locator('article[data-role="assistant"] .body').last
    before = await text.inner_text()
    await page.locator("#scroller").evaluate(READ_THE_BEGINNING)
    top = await reading_at(page)

    await switch(person, words.name)
    box = page.get_by_placeholder(words.write)
    await expect(box).to_have_value("A draft that must stay")
    await expect(page.locator("html")).to_have_attribute("lang", words.code)
    for name in (words.stop, words.memory):
        await expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    assert await page.evaluate("window.sameDocument") is True
    assert (await text.inner_text()).startswith(before.rstrip())
    own = page.locator('article[data-role="user"] .body')
    await expect(own).to_have_attribute("lang", "en")
    assert abs(await reading_at(page) - top) < 3

    enough.set()
    again = page.get_by_role("button", name=words.regenerate, exact=True)
    await expect(again).to_be_attached(timeout=30_000)
    await expect(page.get_by_role("button", name=words.stop)).to_be_hidden()
    (row,) = site.rows(
        "SELECT text FROM conversations_message WHERE conversation_id = %s"
        " AND generation_id IS NOT NULL ORDER BY created_at DESC LIMIT 1",
        person.conversation_id,
    )
    shown = re.sub(r"\s+", " ", await text.inner_text()).strip()
    assert shown == re.sub(r"\s+", " ", row["text"]).strip()
    assert len(model.asked_for_replies()) == 1

    # A script's own sentence; and the account keeps the choice for what is opened next.
    await box.fill("")
    await page.get_by_role("button", name=words.send, exact=True).click()
    await expect(page.locator("#notice")).to_have_text(words.nothing)
    another = await person.another_tab()
    await another.page.goto("/")
    await expect(another.page.locator("html")).to_have_attribute("lang", words.code)


@languages
async def test_a_first_visit_is_in_the_browser_s_language(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit, words: Words
) -> None:
    site, _ = faulty_model_site
    person = await visit(site, locale={"ko": "ko-KR", "ja": "ja-JP"}[words.code])
    await person.page.goto("/")
    await expect(person.page.locator("html")).to_have_attribute("lang", words.code)
    english = person.page.get_by_role("button", name="English", exact=True)
    await english.click()
    await expect(person.page.locator("html")).to_have_attribute("lang", "en")
    await expect(person.button("Try it now").first).to_be_visible()
