"""The pages on a phone, by keyboard alone, in the dark, and without a script error."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

PHONE = {"width": 360, "height": 740}
PUBLIC = ["/", "/learn/", "/accounts/login/", "/accounts/signup/"]
PUBLIC += ["/accounts/password/reset/"]
LONG_WORD = "x" * 400


PATCHED = """async () => {
  const { patch } = await import("/static/js/patch.js");
  let seed = 20261123;
  const pick = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const child = (depth) => {
    if (!pick(3)) return ["a", " ", "b"][pick(3)];
    const node = document.createElement(["p", "button", "span"][pick(3)]);
    if (pick(2)) node.className = ["act", "cite", "act cite"][pick(3)];
    if (pick(2)) node.dataset.verb = ["edit", "delete"][pick(2)];
    for (let n = pick(4); depth && n; n -= 1) node.append(child(depth - 1));
    return node;
  };
  const tree = () => {
    const root = document.createElement("article");
    for (let n = pick(6); n; n -= 1) root.append(child(2));
    return root;
  };
  const isGuest = (node) => node.localName === "i";
  const problems = [];
  for (let n = 0; n < 500; n += 1) {
    const [known, came] = [tree(), tree()];
    const [before, wanted] = [known.cloneNode(true), came.cloneNode(true)];
    const guest = document.createElement("i");
    known.insertBefore(guest, known.childNodes[pick(known.childNodes.length + 1)] ?? null);
    patch(known, came, isGuest);
    if (guest.parentNode !== known) problems.push(`lost a guest: ${before.outerHTML}`);
    guest.remove();
    if (!known.isEqualNode(wanted)) problems.push(`${before.outerHTML} -> ${wanted.outerHTML}`);
    // One element more at the end: whatever stood there is still the same.
    const more = known.cloneNode(true);
    more.append(document.createElement("u"));
    const stood = [...known.querySelectorAll("*")];
    patch(known, more, isGuest);
    if (!stood.every((node) => known.contains(node))) problems.push(`made anew: ${wanted.outerHTML}`);
  }
  return problems.slice(0, 5);
}"""


REPLYING = """() => {
  document.querySelector(".room").classList.add("is-replying");
  document.querySelector("#composer textarea").placeholder = "Write to " + "Bartholomew ".repeat(5);
}"""
BEYOND = """() => {
  const inReach = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth) return true;
    }
    return false;
  };
  const pressed = [...document.querySelectorAll("a, button, input, select, summary, textarea")];
  const edges = pressed.filter((element) => element.checkVisibility({ visibilityProperty: true }) && !inReach(element))
    .map((element) => Math.ceil(element.getBoundingClientRect().right));
  return Math.max(document.documentElement.scrollWidth, ...edges) - window.innerWidth;
}"""


WITH_FILES = ("/characters/new/", "/personas/new/", "/conversations/import/")
"""Their fields for files are wider by themselves than a phone is."""


@pytest.mark.parametrize("width", [360, 768, 1440])
async def test_no_page_scrolls_sideways(site: Site, visit: Visit, width: int) -> None:
    person = await visit(site, viewport={"width": width, "height": 740})
    for path in PUBLIC:
        await person.page.goto(path)
        assert await overflow(person) <= 0, path
    await person.enter_as_guest()
    for path in ("/", "/learn/", "/claim/", *WITH_FILES):
        await person.page.goto(path)
        assert await overflow(person) <= 0, path
    await person.open_character("Ailsa Muir")
    reply = await person.say(f"I like walks in the rain. {LONG_WORD}")
    assert await overflow(person) <= 0, "a conversation"
    await person.transcript.get_by_role("button", name="Edit").click()
    assert await overflow(person) <= 0, "an edit"
    await person.button("Cancel").click()
    # As it stands while a reply is written, with a character of a long name.
    await person.page.evaluate(REPLYING)
    await expect(person.button("Stop")).to_be_visible()
    assert await overflow(person) <= 0, "a reply that is being written"
    await person.page.reload()
    await person.learnt()
    await person.page.get_by_role("button", name="Memory", exact=True).click()
    panel = person.page.get_by_role("complementary", name="Memory")
    await expect(panel).to_be_visible()
    assert await overflow(person) <= 0, "the memory panel"
    await panel.get_by_role("button", name="Close").click()
    await reply.article.get_by_role("button", name="Why this reply").click()
    await expect(person.page.get_by_role("dialog")).to_be_visible()
    assert await overflow(person) <= 0, "the turn record"


async def test_the_keyboard_alone_starts_a_conversation_and_sends(
    site: Site, visit: Visit
) -> None:
    person = await visit(site)
    keys = person.page.keyboard
    await person.page.goto("/")
    await tab_to(person, "Try it now")
    await keys.press("Enter")
    await expect(person.button("Try it now")).to_have_count(0)
    await person.page.wait_for_load_state()
    await tab_to(person, "Talk to Ailsa Muir")
    await keys.press("Enter")
    await person.page.wait_for_url("**/c/*/")
    person.speaker = "Ailsa Muir"
    await tab_to(person, "Message")
    await keys.type("I like long walks in the rain.")
    await keys.press("Enter")
    replies = person.transcript.get_by_role("article", name="Ailsa Muir")
    await expect(replies).to_have_count(2)  # the greeting, and what was answered
    await person.finished()
    await expect(
        person.page.get_by_text("I like long walks in the rain.")
    ).to_be_visible()
    # A reply does not take the place where one writes away.
    await expect(person.box).to_be_focused()


async def test_the_dark_scheme_is_dark_and_the_light_one_light(
    site: Site, visit: Visit
) -> None:
    for scheme, dark in (("dark", True), ("light", False)):
        person = await visit(site, color_scheme=scheme)
        await person.page.goto("/")
        assert (await brightness(person) < 0.3) is dark, scheme


async def test_no_page_has_a_script_error_or_breaks_its_own_content_policy(
    site: Site, visit: Visit
) -> None:
    person = await visit(site)
    complaints: list[str] = []
    person.page.on("pageerror", lambda error: complaints.append(str(error)))
    person.page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type == "error" else None,
    )
    for path in PUBLIC:
        await person.page.goto(path)
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.why(await person.say("I like long walks in the rain."))
    assert complaints == []


async def test_the_scripted_model_is_labelled_as_such(site: Site, visit: Visit) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await expect(person.page.get_by_text("Scripted demo model")).to_be_visible()


async def test_without_a_network_what_was_typed_is_kept(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.page.context.set_offline(True)
    await person.box.fill("I like long walks in the rain.")
    await person.button("Send").click()
    alert = person.page.get_by_role("alert")
    await expect(alert).to_be_visible()
    await expect(person.box).to_have_value("I like long walks in the rain.")


async def test_a_message_sent_before_the_scripts_came_is_sent_once(
    site: Site, visit: Visit
) -> None:
    person = await visit(site)
    await person.enter_as_guest()
    await person.open_character("Ailsa Muir")
    came = asyncio.Event()

    async def late(route: Route) -> None:
        if "theme" not in route.request.url:  # the one that a page waits for
            await came.wait()
        await route.continue_()

    await person.page.route("**/*.js", late)
    await person.page.reload(wait_until="commit")
    await person.box.fill("It rains, and I am in a train.")
    await person.button("Send").click(no_wait_after=True)
    await person.page.wait_for_timeout(500)
    came.set()
    # The browser sent the form by itself: the page stands there again, with the reply.
    await expect(person.transcript).to_contain_text("It rains, and I am in a train.")
    await expect(person.box).to_have_value("")
    await person.finished()
    said = "SELECT count(*) AS n FROM conversations_message WHERE text = %s"
    assert site.rows(said, "It rains, and I am in a train.")[0]["n"] == 1


async def test_what_comes_again_looks_as_it_came_and_keeps_what_is_the_same(
    site: Site, visit: Visit
) -> None:
    """`patch.js` over five hundred trees that nobody thought of."""
    person = await visit(site)
    await person.page.goto("/")
    assert await person.page.evaluate(PATCHED) == []


async def overflow(person: Person) -> int:
    """By how many pixels the page, or what can be pressed on it, leaves the screen.

    A page that does not scroll cuts off what is too wide instead. What lies in a box
    that scrolls sideways by itself is within reach.
    """
    return int(await person.page.evaluate(BEYOND))


async def brightness(person: Person) -> float:
    """0 black to 1 white: the middle of the page's background, as painted."""
    colour = await person.page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          for (const node of [document.body, document.documentElement]) {
            const paint = getComputedStyle(node).backgroundColor;
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = paint;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            if (a) return (r + g + b) / 765;
          }
          return 1;
        }"""
    )
    return float(colour)


async def tab_to(person: Person, name: str) -> None:
    """Press Tab until the element of this accessible name has the focus."""
    for _ in range(60):
        await person.page.keyboard.press("Tab")
        focused = await person.page.evaluate(
            """() => {
              const node = document.activeElement;
              const label = node.labels && node.labels[0];
              return node.getAttribute("aria-label")
                || (label ? label.textContent : node.textContent);
            }"""
        )
        if (focused or "").strip() == name:
            return
    msg = f"Tab does not reach {name!r}"
    raise AssertionError(msg)
