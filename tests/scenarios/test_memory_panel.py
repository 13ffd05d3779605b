"""Every control of the Memory panel and the Memory page, by a person in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.async_api import Locator, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.harness.waiting import eventually

AILSA = "Ailsa Muir"
WALK = "I like long walks in the rain."
SISTER = "My sister Marta plays the cello."
PEANUTS = "I'm allergic to peanuts."
CHURCH = "I love going to church on Sundays."
# Nine more of the same type, said by hand, so that they are live without a message.
MORE = """
    INSERT INTO memories_atom SELECT (jsonb_populate_record(atom, jsonb_build_object(
        'id', gen_random_uuid(), 'client_ref', gen_random_uuid(), 'by_hand', true,
        'maas_id', gen_random_uuid(), 'content', 'User likes tea no. ' || n))).*
    FROM memories_atom AS atom, generate_series(1, 9) AS n
    WHERE atom.content LIKE '%%long walks%%' AND atom.anchor_id = (
        SELECT anchor.id FROM memories_anchor AS anchor
        JOIN conversations_conversation AS c ON c.user_id = anchor.user_id
        WHERE c.id = %s AND anchor.lane = 'character')
    RETURNING 1
"""
REPLACED = """
    UPDATE memories_atom AS old SET superseded_by_id = newer.id
    FROM memories_atom AS newer WHERE newer.anchor_id = old.anchor_id
    AND old.content = 'User likes tea no. 8' AND newer.content = 'User likes tea no. 9'
    RETURNING 1
"""
NOT_YET = "SELECT 1 FROM memories_removal WHERE erased_at IS NULL"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def panel_of(person: Person) -> Locator:
    return person.page.get_by_role("complementary", name="Memory")


async def open_panel(person: Person) -> Locator:
    panel = panel_of(person)
    if not await panel.is_visible():
        await person.button("Memory").click()
    await expect(
        panel.get_by_role("link", name="Everything remembered about you", exact=True)
    ).to_be_visible()
    return panel


def slip(panel: Locator, words: str) -> Locator:
    return panel.get_by_role("group", name="Memory").filter(has_text=words)


def states(person: Person, conversation: str = "") -> dict[str, str]:
    rows = person.site.rows(
        "SELECT atom.content, atom.state FROM memories_atom AS atom"
        " JOIN memories_anchor AS anchor ON anchor.id = atom.anchor_id"
        " JOIN conversations_conversation AS c ON c.user_id = anchor.user_id"
        " WHERE c.id = %s",
        conversation or person.conversation_id,
    )
    return {row["content"]: row["state"] for row in rows}


async def undo_is_over(person: Person) -> None:
    """As if its time had passed: at the site and in the page."""
    person.site.rows(
        "UPDATE memories_removal SET due_at = now() - interval '5 s' RETURNING 1"
    )
    await eventually(lambda: not person.site.rows(NOT_YET), "all of it is removed")
    await person.page.clock.fast_forward("01:00")


async def test_one_memory_is_found_pinned_corrected_and_forgotten(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.page.clock.install()
    await person.open_character(AILSA)
    await person.say(WALK)
    await person.say(SISTER)
    await person.learnt()
    conversation = person.conversation_id
    panel = await open_panel(person)

    # Search, and which memories are looked through.
    search = panel.get_by_role("searchbox", name="Search memories")
    await search.fill("cello")
    await expect(slip(panel, "Marta")).to_be_visible()
    await expect(slip(panel, "walks")).to_have_count(0)
    await search.fill("zeppelin")
    await expect(panel.get_by_text("Nothing remembered has")).to_be_visible()
    await search.fill("")
    await expect(slip(panel, "walks")).to_be_visible()
    await panel.get_by_text("This conversation", exact=True).click()
    await expect(slip(panel, "walks")).to_be_visible()
    await panel.get_by_text(f"With {AILSA}", exact=True).click()
    await expect(panel.get_by_role("radio", name=f"With {AILSA}")).to_be_checked()
    await panel.get_by_text("This conversation", exact=True).click()

    # What is looked for stays when memory changes elsewhere and the panel follows.
    await search.fill("cello")
    await expect(slip(panel, "walks")).to_have_count(0)
    await panel.get_by_role("heading", name="Memory").click()
    async with person.page.expect_response(re.compile(r"/memory/\?q=cello&scope=here")):
        await person.page.evaluate(
            "document.dispatchEvent(new CustomEvent('memory:changed'))"
        )
    await expect(slip(panel, "Marta")).to_be_visible()
    await expect(slip(panel, "walks")).to_have_count(0)
    await search.fill("")
    await expect(slip(panel, "walks")).to_be_visible()

    # Where it was said: the message has the focus.
    await slip(panel, "walks").get_by_role("link", name="Where you said it").click()
    said = person.transcript.get_by_role("article", name="You").filter(has_text=WALK)
    await expect(said).to_be_focused()

    # Pin and unpin, by keyboard: the focus stays on the button.
    await slip(panel, "walks").get_by_role("button", name="Pin", exact=True).focus()
    await person.page.keyboard.press("Enter")
    await expect(slip(panel, "walks").get_by_text("in every reply")).to_be_visible()
    await expect(
        slip(panel, "walks").get_by_role("button", name="Unpin")
    ).to_be_focused()
    await person.page.keyboard.press("Enter")
    await expect(
        slip(panel, "walks").get_by_role("button", name="Pin", exact=True)
    ).to_be_focused()

    # Correct: stored anew, and only then called saved. Undo brings the old one back.
    await slip(panel, "walks").get_by_text("Correct", exact=True).click()
    box = slip(panel, "walks").get_by_role("textbox", name="What is right instead")
    await box.fill("User likes short strolls at dawn.")
    await panel.get_by_role("button", name="Save correction").click()
    await expect(slip(panel, "strolls").get_by_text("Saved")).to_be_visible()
    await expect(slip(panel, "long walks")).to_have_count(0)
    await slip(panel, "strolls").get_by_role("button", name="Undo correction").click()
    await expect(slip(panel, "long walks").get_by_text("Saved")).to_be_visible()

    # Forget: the receipt, Undo, and again for good.
    await slip(panel, "Marta").get_by_role("button", name="Forget").click()
    await expect(panel.get_by_role("list", name="Receipt")).to_be_visible()
    await panel.get_by_role("button", name="Undo").click()
    await expect(slip(panel, "Marta").get_by_text("Saved")).to_be_visible()
    await slip(panel, "Marta").get_by_role("button", name="Forget").click()
    await expect(panel.get_by_role("list", name="Receipt")).to_be_visible()
    # Its time is over, by as much as a worker may be late: the receipt follows.
    await undo_is_over(person)
    deleted = panel.get_by_text("deleted, and it confirmed that")
    await expect(deleted).to_be_visible(timeout=60_000)
    stored = site.rows(
        "SELECT stored.content FROM maas_atom AS stored"
        " JOIN memories_anchor AS anchor ON anchor.maas_id = stored.anchor_id::text"
        " JOIN conversations_conversation AS c ON c.user_id = anchor.user_id"
        " WHERE c.id = %s",
        conversation,
    )
    assert any("walks" in row["content"] for row in stored)
    assert not any("Marta" in row["content"] for row in stored)

    # It is not known any more.
    await person.page.goto(f"/c/{conversation}/")
    reply = await person.say("What instrument does my sister play?")
    assert "cello" not in reply.text.lower()

    # Said anew, it is asked about before it is remembered again.
    await person.say(SISTER)
    await person.learnt()
    panel = await open_panel(person)
    again = panel.get_by_role("region", name="Remember again?")
    await expect(again).to_contain_text("Marta")
    await again.get_by_role("button", name="No, leave it forgotten").click()
    await expect(again).to_have_count(0)
    assert "saved" not in {s for said, s in states(person).items() if "Marta" in said}
    # Meanwhile the panel keeps the receipt, for its Undo; then it catches up.
    await person.say(SISTER)
    await person.learnt()
    await expect(panel.get_by_role("list", name="Receipt")).to_be_visible()
    await undo_is_over(person)
    await again.get_by_role("button", name="Remember it", exact=True).click()
    await expect(again).to_have_count(0)
    await expect(slip(panel, "Marta").get_by_text("Saved")).to_be_visible()

    # A long type shows its beginning, and the rest when asked.
    assert len(person.site.rows(MORE, person.conversation_id)) == 9
    await person.page.reload()
    panel = await open_panel(person)
    await expect(slip(panel, "tea no.").first).to_be_visible()
    await expect(slip(panel, "tea no.")).not_to_have_count(9)
    await panel.get_by_role("button", name="Show more").click()
    await expect(slip(panel, "tea no.")).to_have_count(9)
    await expect(slip(panel, "long walks")).to_be_visible()

    # What was true stands below what is, and is forgotten there, too.
    assert len(person.site.rows(REPLACED)) == 1
    await person.page.reload()
    panel = await open_panel(person)
    was = panel.get_by_role("list", name="What was true before")
    await expect(was).to_contain_text("Was: User likes tea no. 8 Until")
    await was.get_by_role("button", name="Forget: User likes tea no. 8").click()
    await expect(was.get_by_role("list", name="Receipt")).to_be_visible()
    assert states(person)["User likes tea no. 8"] == "forgotten"
    assert states(person)["User likes tea no. 9"] == "saved"


async def test_delicate_facts_wait_for_an_answer_and_off_the_record_nothing_is_learnt(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site, **PHONE)).enter_as_guest()
    await person.open_character(AILSA)
    asked = await person.say(PEANUTS)
    await person.learnt()
    await asked.article.get_by_role("button", name="waits for your answer").click()
    panel = await open_panel(person)
    question = panel.get_by_role("region", name="May your health be remembered?")
    await expect(question).to_contain_text("allergic to peanuts")
    assert set(states(person).values()) == {"waiting"}
    await question.get_by_role("button", name="Yes, remember it").click()
    await eventually(
        lambda: "saved" in states(person).values(), "it is stored", within=30
    )
    await expect(slip(panel, "peanuts").get_by_text("Saved")).to_be_visible()
    await panel.get_by_role("button", name="Close").click()
    await person.say(CHURCH)
    await person.learnt()
    panel = await open_panel(person)
    belief = panel.get_by_role("region", name=re.compile("religion"))
    await belief.get_by_role("button", name="No, never").click()
    await expect(belief).to_have_count(0)
    assert "saved" not in {s for said, s in states(person).items() if "church" in said}

    # Another open tab follows, with its panel.
    other = await person.another_tab()
    await other.page.goto(person.page.url)
    there = await open_panel(other)
    await panel.get_by_role("button", name="Do not remember this conversation").click()
    banner, line_there = (
        tab.page.get_by_role("status").filter(has_text="Nothing said here is")
        for tab in (person, other)
    )
    await expect(banner).to_be_visible()
    await expect(line_there).to_be_visible()
    await panel.get_by_role("checkbox", name="Also use no memory").check()
    await expect(banner).to_contain_text("no memory is used")
    await expect(line_there).to_contain_text("no memory is used")
    await expect(
        there.get_by_role("checkbox", name="Also use no memory")
    ).to_be_checked()
    await panel.get_by_role("button", name="Close").click()
    reply = await person.say(WALK)
    await person.learnt()
    await expect(reply.article).to_contain_text("you switched memory off")
    assert not any("walks" in content for content in states(person))
    await banner.get_by_role("button", name="Remember again").click()
    await expect(banner).to_have_count(0)
    await expect(line_there).to_have_count(0)
    await expect(
        there.get_by_role("button", name="Do not remember this conversation")
    ).to_be_visible()
    await other.page.close()
    panel = await open_panel(person)
    await panel.get_by_role("button", name="Do not remember this conversation").click()
    await expect(banner).to_be_visible()
    await panel.get_by_role("button", name="Remember this conversation again").click()
    await expect(banner).to_have_count(0)
    await panel.get_by_role("button", name="Close").click()
    await person.say(SISTER)
    await person.learnt()
    conversation = person.conversation_id
    kept = states(person)
    assert any("Marta" in content for content in kept)
    assert not any("walks" in content for content in kept)

    # An answer can be taken back, with what was kept by it.
    await person.page.goto("/memories/")
    health = person.page.get_by_role("group", name=re.compile("Your health"))
    await person.page.get_by_label("also forget the 1 kept").check()
    await health.get_by_role("button", name="Never").click()
    await expect(person.page.get_by_text("1 memory was forgotten.")).to_be_visible()
    kept = states(person, conversation)
    assert "saved" not in {state for said, state in kept.items() if "peanut" in said}


async def test_the_memory_page_shows_shares_exports_and_deletes_everything(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    person = await (await visit(site, **PHONE)).enter_as_guest()
    await person.open_character(AILSA)
    await person.say(WALK)
    await person.learnt()
    conversation = person.page.url
    await person.open_character("Teodor")
    await person.learnt()
    panel = await open_panel(person)
    await panel.get_by_role("link", name="Everything remembered").click()
    page = person.page
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "What is remembered about you"
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360

    # The picture, and the same in words.
    await expect(
        page.get_by_role("img", name=re.compile("Memories by type"))
    ).to_be_visible()
    await page.get_by_text("The same as a table").click()
    row = page.get_by_role("row").filter(has_text="Likes and dislikes")
    await expect(row).to_contain_text("1")

    # Sharing says what becomes visible to whom, before it is switched on.
    sharing = page.get_by_role("region", name="Sharing between characters")
    await sharing.get_by_text("would see 1 memory").click()
    await expect(sharing).to_contain_text("long walks in the rain")
    await sharing.get_by_role("button", name="Let them share").click()
    await expect(sharing).to_contain_text("On.")
    await sharing.get_by_role("button", name="Stop sharing").click()
    await expect(sharing).to_contain_text("Off.")

    # A kind that never came up can be answered, too.
    kinds = page.get_by_role("region", name="Delicate matters")
    politics = kinds.get_by_role("group", name=re.compile("Your politics"))
    await politics.get_by_role("button", name="Never").click()
    await expect(kinds).to_contain_text(
        "your politics is not remembered", ignore_case=True
    )

    await politics.get_by_role("button", name="Yes").click()
    await expect(kinds).to_contain_text("From now on, your politics is remembered")

    # Search.
    search = page.get_by_role("searchbox", name="Search memories")
    await search.fill("zeppelin")
    await expect(page.get_by_text("Nothing remembered has")).to_be_visible()
    await search.fill("walks")
    await expect(slip(page.locator("main"), "walks")).to_be_visible()
    await search.fill("")

    # Who knows it.
    await page.get_by_label("Known by").select_option(label="Teodor Brankov")
    await expect(
        page.get_by_text("Nothing is remembered about you yet")
    ).to_be_visible()
    await page.get_by_label("Known by").select_option(label=AILSA)
    await expect(slip(page.locator("main"), "walks")).to_be_visible()

    for name, ending in (("Export as JSON", "json"), ("Export as Markdown", "md")):
        async with page.expect_download() as download:
            await page.get_by_role("link", name=name).click()
        saved = tmp_path / f"export.{ending}"
        await (await download.value).save_as(saved)
        assert "long walks in the rain" in saved.read_text()
    assert json.loads((tmp_path / "export.json").read_text())["version"] == 1

    await page.get_by_role("checkbox", name="Yes, all of it").check()
    await page.get_by_role("button", name="Delete everything remembered").click()
    receipt = page.get_by_role("status").filter(has_text="Receipt")
    await expect(receipt).to_contain_text("which confirmed it", timeout=60_000)
    await expect(
        page.get_by_text("Nothing is remembered about you yet")
    ).to_be_visible()
    await page.goto(conversation)
    assert set(states(person)) == {""}
