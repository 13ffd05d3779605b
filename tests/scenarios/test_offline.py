"""Without a network: copies to read, nothing queued, and nothing for anybody else."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from tests.harness.database import execute
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.harness.waiting import eventually

SAID = "I like long walks in the rain."
TYPED = "And another thing about the sea"
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("kept-"));
  const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return all.flat().map(({ url }) => url).filter((url) => url.includes("/offline/kept/"));
}"""
DRAFTS = """() => new Promise((resolve) => {
  const request = indexedDB.open("anchorage", 1);
  request.onupgradeneeded = () => request.transaction.abort();
  request.onerror = () => resolve([]);
  request.onsuccess = () => {
    const all = request.result.transaction("drafts").objectStore("drafts").getAll();
    all.onsuccess = () => {
      request.result.close();
      resolve(all.result.map(({ text }) => text));
    };
  };
})"""
WORKER = "() => navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"


async def talking(site: Site, visit: Visit, **options: Any) -> Person:
    """A guest who has said something, in a browser that keeps a copy of it."""
    person = await visit(site, service_workers="allow", **options)
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.say(SAID)
    await eventually(lambda: person.page.evaluate(WORKER), "the worker takes over")
    await eventually(lambda: has_copy(person), "a copy is kept")
    return person


async def has_copy(person: Person) -> Any:
    """Whether the newest message of the conversation stands in its copy."""
    words = await person.page.evaluate(
        """async (id) => {
          const found = await caches.match(`/offline/kept/${id}`);
          return found ? (await found.json()).said.join() : "";
        }""",
        person.conversation_id,
    )
    return SAID in words


def of(person: Person, words: str) -> Any:
    """The shown element with these words."""
    return person.page.get_by_text(words, exact=True)


async def test_what_was_open_can_be_read_and_what_is_typed_is_not_sent(
    site: Site, visit: Visit
) -> None:
    person = await talking(site, visit)
    page, address = person.page, person.page.url
    await page.context.set_offline(True)
    await person.box.fill(TYPED)
    await person.button("Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("not sent")
    await expect(person.box).to_have_value(TYPED)
    await page.reload()
    assert page.url == address
    await expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    copy = page.get_by_role("article", name="Ailsa Muir").first
    await expect(copy).to_contain_text(SAID)
    await expect(copy).to_contain_text("A copy, as of")
    await expect(page.get_by_role("textbox")).to_have_count(0)
    draft = page.locator(".kept-draft")
    await expect(draft).to_contain_text(TYPED)
    await expect(draft).to_contain_text("It is not sent by itself.")
    await page.goto("/learn/")  # any other page is stood in for, too
    await page.get_by_role("link", name="Ailsa Muir").click()
    await expect(copy).to_contain_text(SAID)
    # With the network back the page itself comes, with what was typed, and nothing went.
    await page.goto(address)
    await page.context.set_offline(False)
    await expect(person.box).to_have_value(TYPED)
    own = person.transcript.get_by_role("article", name="You")
    await expect(own).to_have_count(1)
    said = "SELECT text FROM conversations_message WHERE conversation_id = %s AND role = 'user'"
    assert [row["text"] for row in site.rows(said, person.conversation_id)] == [SAID]


async def test_signing_out_clears_the_copies_and_what_was_typed(
    site: Site, visit: Visit
) -> None:
    person = await talking(site, visit)
    await person.box.fill(TYPED)
    await eventually(lambda: person.page.evaluate(DRAFTS), "the draft is kept")
    tab = await person.another_tab()
    await tab.page.goto("/accounts/logout/")
    await tab.page.locator("main").get_by_role("button", name="Sign out").click()
    await tab.page.wait_for_url(f"{site.url}/")
    await eventually(lambda: nothing_left(tab.page), "all of it is gone")
    # The tab that is still open keeps nothing any more.
    await person.box.fill(f"{TYPED}, later")
    await person.page.evaluate(
        "document.dispatchEvent(new CustomEvent('transcript:changed'))"
    )
    await tab.page.context.set_offline(True)
    await tab.page.goto(person.page.url)
    await expect(of(tab, "No copies here")).to_be_visible()
    assert await nothing_left(tab.page)


async def test_another_person_in_the_same_browser_finds_nothing(
    site: Site, visit: Visit
) -> None:
    person = await talking(site, visit)
    address = person.page.url
    await person.box.fill(TYPED)
    await eventually(lambda: person.page.evaluate(DRAFTS), "the draft is kept")
    await person.page.context.clear_cookies(name="sessionid")  # nobody signed out
    await person.enter_as_guest()
    await eventually(lambda: nothing_left(person.page), "all of it is gone")
    await person.page.context.set_offline(True)
    await person.page.goto(address)
    await expect(of(person, "No copies here")).to_be_visible()


async def test_a_new_version_takes_over_and_an_online_page_is_never_an_old_one(
    site: Site, visit: Visit
) -> None:
    person = await visit(site, service_workers="allow")
    page = person.page
    await page.goto("/")
    await eventually(lambda: page.evaluate(WORKER), "the worker takes over")
    await page.evaluate(
        """async () => {
          await (await caches.open("shell-000000000000")).put("/", new Response("old"));
          const taken = new Promise((done) => {
            navigator.serviceWorker.oncontrollerchange = done;
          });
          await navigator.serviceWorker.register("/sw.js?another");
          await taken;
        }"""
    )

    async def has_one_shell() -> Any:
        names = await page.evaluate("caches.keys()")
        return len([name for name in names if name.startswith("shell-")]) == 1

    await eventually(has_one_shell, "the old version is gone")
    assert "shell-000000000000" not in await page.evaluate("caches.keys()")
    await page.reload()
    await expect(person.button("Try it now").first).to_be_visible()


async def test_times_are_those_of_the_person_from_the_first_page_on(
    site: Site, visit: Visit
) -> None:
    person = await visit(site, timezone_id="Pacific/Kiritimati", locale="en-GB")
    await person.enter_as_guest()
    await person.page.goto("/time-zone/")
    chosen = person.page.get_by_role("combobox", name="Show times for")
    await expect(chosen).to_have_value("Pacific/Kiritimati")
    await person.open_character("Ailsa Muir")
    await person.say(SAID)
    await person.learnt()
    # As if no page had named it yet: UTC and a word that it is, which the page mends.
    execute(site.database_url, "UPDATE accounts_user SET zone = ''")
    await person.page.context.clear_cookies(name="zone")
    answer = await person.page.goto("/memories/")
    assert answer
    assert " UTC</time>" in await answer.text()
    since = person.page.locator("time:not(.thread-when)").first
    await expect(since).to_be_visible()
    await expect(since).not_to_contain_text("UTC")


async def nothing_left(page: Page) -> Any:
    """Whether this browser keeps neither copies nor drafts."""
    return not await page.evaluate(KEPT) and not await page.evaluate(DRAFTS)
