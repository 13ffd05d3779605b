"""The room as a person has it: keys, help sheet, text, colours, reading aloud, dictation.

Voices and recogniser are the browser's; here they are stubs that keep what they were asked.
"""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Locator, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

VOICES = """
(() => {
  class Utterance { constructor(text) { this.text = text; } }
  const voices = [["Daniel", "en-GB", true], ["Cloud", "ko-KR", false]].map(
    ([name, lang, localService]) => ({ name, lang, localService, voiceURI: name }));
  let current = null;
  window.spoken = [];
  window.endOfSentence = () => { const ended = current; current = null; ended?.onend(); };
  window.SpeechSynthesisUtterance = Utterance;
  Object.defineProperty(window, "speechSynthesis", { value: {
    get speaking() { return current !== null; },
    pending: false,
    getVoices: () => voices,
    speak(one) { current = one; window.spoken.push(one.text); one.onstart?.(); },
    cancel() { const ended = current; current = null; ended?.onerror?.({ error: "canceled" }); },
  } });
})();
"""
RECOGNISER = """
window.recognisers = [];
window.SpeechRecognition = class {
  constructor() { window.recognisers.push(this); }
  start() { this.started = true; }
  stop() { this.onend(); }
  abort() { this.onend(); }
  hear(transcript, isFinal) {
    this.onresult({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
  }
};
"""
NONE = """
for (const name of ["speechSynthesis", "SpeechRecognition", "webkitSpeechRecognition"]) {
  delete window[name];
}
"""
LIKES = "I like long walks in the rain."


# The socket's first answer may bring the greeting again: it is put into Korean again.
IN_KOREAN = """(transcript) => {
  const words = "안녕하세요. 반가워요.";
  const put = () => {
    for (const body of transcript.querySelectorAll("article .closed")) {
      if (body.textContent !== words) body.textContent = words;
    }
  };
  put();
  new MutationObserver(put).observe(transcript, { childList: true, subtree: true });
}"""


async def in_room(site: Site, visit: Visit, script: str = "") -> Person:
    person = await visit(site)
    if script:
        await person.page.add_init_script(script)
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    return person


async def until(person: Person, expression: str) -> None:
    """Wait for it: what polls inside the page may not under the page's own policy."""
    for _ in range(300):
        if await person.page.evaluate(expression):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(expression)


async def press(person: Person, keys: str) -> None:
    """Press it while nobody writes."""
    await person.page.evaluate("document.activeElement.blur()")
    await person.page.keyboard.press(keys)


def sheet(person: Person) -> Locator:
    return person.page.get_by_role("dialog", name="Keyboard shortcuts")


async def test_keys_act_in_the_room_and_never_while_one_writes(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit)
    panel = person.page.get_by_role("complementary", name="Memory")
    await person.box.press_sequentially("mew?")
    await expect(person.box).to_have_value("mew?")
    await expect(panel).to_be_hidden()
    await expect(sheet(person)).to_have_count(0)
    await press(person, "m")
    await expect(panel).to_be_visible()
    await press(person, "m")
    await expect(panel).to_be_hidden()
    await press(person, "w")
    await expect(person.box).to_be_focused()
    await expect(person.box).to_have_value("mew?")
    await person.box.fill("")
    await person.say(LIKES)
    await person.box.press("ArrowUp")
    edit = person.page.get_by_role("textbox", name="Edit message")
    await expect(edit).to_have_value(LIKES)
    await edit.press("Escape")
    await press(person, "k")
    await person.page.keyboard.press("k")
    mine = person.transcript.get_by_role("article", name="You")
    await expect(mine).to_be_focused()


async def test_the_help_sheet_opens_lists_and_closes_by_keyboard(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit, NONE)
    await press(person, "?")
    help_sheet = sheet(person)
    await expect(help_sheet).to_be_visible()
    await expect(help_sheet).to_contain_text("Open and close Memory")
    await expect(help_sheet).not_to_contain_text("Dictate")
    await expect(help_sheet).not_to_contain_text("Read aloud")
    await person.page.keyboard.press("m")  # nothing acts behind it
    panel = person.page.get_by_role("complementary", name="Memory")
    await expect(panel).to_be_hidden()
    await person.page.keyboard.press("Escape")
    await expect(help_sheet).to_be_hidden()
    await expect(person.button("Dictate")).to_be_hidden()
    await expect(person.button("Read aloud")).to_be_hidden()


async def test_keys_are_changed_refused_when_taken_and_reset(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit)
    room = person.page.url
    await person.page.goto("/display/")
    row = person.page.get_by_role("listitem").filter(has_text="Open and close Memory")
    await rebind(person, row, "k")
    taken = row.get_by_role("alert")
    await expect(taken).to_contain_text("K is taken: it does “Message above”")
    await rebind(person, row, "Control+Shift+KeyU")
    await expect(row.locator("kbd")).to_have_text("Ctrl+Shift+U")
    await person.page.goto(room)
    panel = person.page.get_by_role("complementary", name="Memory")
    await press(person, "m")
    await person.box.press("Control+Shift+KeyU")  # held keys act while one writes, too
    await expect(panel).to_be_visible()
    await person.page.goto("/display/")
    await person.button("Reset all shortcuts").click()
    await expect(row.locator("kbd")).to_have_text("M")


async def rebind(person: Person, row: Locator, keys: str) -> None:
    await row.locator("[data-rebind]").click()
    await expect(row).to_contain_text("Press the new keys")
    await person.page.keyboard.press(keys)
    await expect(row).not_to_contain_text("Press the new keys")


async def test_a_mac_names_its_own_keys_and_hears_cmd(site: Site, visit: Visit) -> None:
    mac = "Object.defineProperty(navigator, 'platform', { value: 'MacIntel' });"
    person = await in_room(site, visit, mac)
    await press(person, "?")
    stop = sheet(person).locator("kbd[data-combo='Mod+.']")
    await expect(stop).to_have_text("⌘.")
    await person.page.keyboard.press("Escape")
    await person.page.goto("/display/")
    row = person.page.get_by_role("listitem").filter(has_text="Open and close Memory")
    await rebind(person, row, "Meta+Shift+KeyU")
    await expect(row.locator("kbd")).to_have_text("⌘⇧U")
    await rebind(person, row, "Control+KeyU")
    await expect(row.locator("kbd")).to_have_text("⌃U")


async def test_text_size_and_width_survive_a_reload(site: Site, visit: Visit) -> None:
    person = await in_room(site, visit)
    room = person.page.url
    before = await size_of(person)
    await press(person, "+")
    await expect(person.page.locator("html")).to_have_attribute("data-text", "large")
    await person.page.reload()
    assert await size_of(person) > before
    await person.page.goto("/display/")
    await person.page.get_by_role("radio", name="Small").check()
    await person.page.get_by_role("radio", name="Widest").check()
    await person.button("Save").click()
    await expect(person.page.get_by_text("are saved")).to_be_visible()
    await person.page.goto(room)
    assert await size_of(person) < before
    await expect(person.page.locator("html")).to_have_attribute("data-width", "widest")


async def size_of(person: Person) -> float:
    body = person.transcript.get_by_role("article").first.locator(".body")
    await expect(body).to_be_visible()
    size = await body.evaluate("(body) => getComputedStyle(body).fontSize")
    return float(str(size).removesuffix("px"))


async def test_a_theme_is_worn_by_every_conversation_with_the_character(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit)
    room = person.page.locator(".room-page")
    await expect(room).not_to_have_class(re.compile("theme-"))
    await person.page.get_by_role("link", name="Name, colours").click()
    await person.page.get_by_role("radio", name="Rose").check()
    await person.button("Save colours").click()
    await expect(person.page.get_by_text("The colours are saved.")).to_be_visible()
    await person.open_character("Ailsa Muir")
    await expect(room).to_have_class(re.compile(r"\btheme-rose\b"))
    await person.open_character("Des Quaye")
    await expect(room).not_to_have_class(re.compile("theme-"))


async def test_replies_are_read_aloud_by_button_by_themselves_and_until_stopped(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit, VOICES)
    greeting = person.transcript.get_by_role("article", name="Ailsa Muir").first
    words = (await greeting.locator(".body").inner_text()).strip()
    await greeting.get_by_role("button", name="Read aloud").click()
    pill = person.button("Stop reading")
    await expect(pill).to_be_visible()
    await until(person, "spoken.length === 1")
    assert words.startswith(await person.page.evaluate("spoken[0]"))
    await person.page.evaluate("endOfSentence()")
    await until(person, "spoken.length === 2")
    await pill.click()
    await expect(pill).to_be_hidden()
    await person.page.evaluate("localStorage.setItem('read-auto', 'yes'); spoken = []")
    reply = await person.say(LIKES)
    await until(person, "spoken.length === 1")
    said = await reply.article.locator(".body").inner_text()
    assert said.startswith(await person.page.evaluate("spoken[0]"))


async def test_no_text_goes_to_a_server_of_voices_unasked(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit, VOICES)
    first = person.transcript.get_by_role("article").first
    await expect(first.get_by_role("button", name="Read aloud")).to_be_visible()
    await person.transcript.evaluate(IN_KOREAN)
    await press(person, "l")
    notice = person.page.get_by_role("alert")
    await expect(notice).to_contain_text("only has voices of a server")
    assert await person.page.evaluate("spoken.length") == 0


async def test_dictation_tells_first_writes_where_the_caret_is_and_never_sends(
    site: Site, visit: Visit
) -> None:
    person = await in_room(site, visit, RECOGNISER)
    await person.box.fill("Hello and goodbye")
    await person.box.evaluate("(box) => box.setSelectionRange(5, 5)")
    await person.button("Dictate").click()
    await expect(person.page.get_by_text("may send what it hears")).to_be_visible()
    assert await person.page.evaluate("recognisers.length") == 0
    await person.button("Start dictating").click()
    await until(person, "recognisers[0]?.started")
    await person.page.evaluate("recognisers[0].hear('my de', false)")
    await expect(person.page.locator("#listening")).to_contain_text("my de")
    await expect(person.box).to_have_value("Hello and goodbye")
    await person.page.evaluate("recognisers[0].hear('my dear', true)")
    await expect(person.box).to_have_value("Hello my dear and goodbye")
    await person.button("Done").click()
    await expect(person.page.locator("#listening")).to_be_hidden()
    mine = person.transcript.get_by_role("article", name="You")
    await expect(mine).to_have_count(0)
    await person.button("Dictate").click()  # it was told once: now it just listens
    await until(person, "recognisers[1]?.started")
    await person.page.evaluate("recognisers[1].onerror({ error: 'not-allowed' })")
    await expect(person.page.get_by_role("alert")).to_contain_text("microphone")
