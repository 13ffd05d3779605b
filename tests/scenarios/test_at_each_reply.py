"""Chips, receipts and the inspector, pressed as a person presses them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence

from playwright._impl._driver import compute_driver_executable
from playwright.async_api import Locator, expect

from tests.harness.fixtures import Visit
from tests.harness.person import Person, Reply
from tests.harness.site import Site

CHARACTER = "Ailsa Muir"
QUESTION = "What instrument does my sister play?"
CURL = ("bash", "-c")
PYTHON = (sys.executable, "-c")
# Playwright brings a Node of its own.
NODE = (str(compute_driver_executable()[0]), "--input-type=module", "-e")


async def test_a_chip_opens_its_memory_where_wrong_here_is_said_once(
    site: Site, visit: Visit
) -> None:
    person, reply = await remembered(site, visit)
    words = await reply.article.locator(".body").inner_text()
    chip = reply.article.get_by_role("button", name="Memory 1, used here")
    await expect(chip).to_be_visible()
    # Its number is drawn: what is read and copied are the reply's words alone.
    assert words == saved_text(person)
    await chip.focus()
    await person.page.keyboard.press("Enter")
    card = reply.article.get_by_role("region", name="Memory 1")
    await expect(card.get_by_text("Marta")).not_to_have_count(0)
    await expect(chip).to_have_attribute("aria-expanded", "true")
    # The reply is drawn anew under a finger that is down: the press still counts.
    why = reply.article.get_by_role("button", name="Why this reply")
    await over(why)
    await person.page.mouse.down()
    await card.get_by_role("button", name="Wrong here").evaluate("e => e.click()")
    await expect(card.get_by_text("The memory service took note")).to_be_visible()
    await expect(card.get_by_role("button", name="Wrong here")).to_have_count(0)
    doubtful = reply.article.get_by_role("button", name="wrong here, as you said")
    await expect(doubtful).to_be_visible()
    await over(why)
    await person.page.mouse.up()
    dialog = person.page.get_by_role("dialog", name="Why this reply")
    await dialog.get_by_role("button", name="Close").click()
    # It is not used again by that: the memory itself stays until it is forgotten.
    await expect(card.get_by_role("button", name="Forget")).to_be_visible()
    await card.get_by_role("button", name="Forget").press("Escape")
    await expect(card).to_have_count(0)
    await expect(doubtful).to_be_focused()
    assert wrongs(person) == ["sent"]
    await doubtful.click()
    await reply.article.get_by_role("button", name="Close").click()
    await expect(card).to_have_count(0)


async def test_a_memory_is_corrected_and_forgotten_at_its_reply(
    site: Site, visit: Visit
) -> None:
    _, reply = await remembered(site, visit)
    await reply.article.get_by_role("button", name="Used 1 memory").click()
    card = reply.article.get_by_role("region", name="Memory 1")
    await card.get_by_text("Correct", exact=True).click()
    await card.get_by_role("textbox").fill("User's sister Marta plays the viola.")
    await card.get_by_role("button", name="Save correction").click()
    await expect(card.locator(".atom-content")).to_have_text(
        "User's sister Marta plays the viola."
    )
    await card.get_by_role("button", name="Forget").click()
    await expect(card.get_by_role("list", name="Receipt")).to_be_visible()
    await expect(card.get_by_role("button", name="Undo", exact=True)).to_be_visible()


async def test_what_a_turn_brought_is_undone_from_its_receipt(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character(CHARACTER)
    reply = await person.say("My sister Marta plays the cello.")
    receipt = reply.article.get_by_role("button", name="1 new memory")
    await receipt.click()
    learnt = reply.article.get_by_role("region", name="Learnt from this reply")
    await learnt.get_by_role("button", name="Undo", exact=True).first.click()
    await expect(learnt.get_by_role("list", name="Receipt")).to_be_visible()
    await expect(receipt).to_have_count(0)
    states = person.site.rows(
        "SELECT state FROM memories_atom JOIN memories_anchor AS anchor"
        " ON anchor.id = anchor_id JOIN conversations_conversation AS c"
        " ON c.user_id = anchor.user_id WHERE c.id = %s",
        person.conversation_id,
    )
    assert {row["state"] for row in states} <= {"forgotten"}


async def test_a_copied_curl_line_runs_as_pasted_with_the_key_filled_in(
    site: Site, visit: Visit
) -> None:
    person, reply = await remembered(site, visit)
    await reply.article.get_by_role("button", name="Why this reply").click()
    dialog = person.page.get_by_role("dialog", name="Why this reply")
    calls = dialog.locator(".fall-call")
    await calls.first.wait_for()  # the dialog opens before its record has come
    names = await calls.locator("summary code").all_inner_texts()
    assert names[:2] == ["POST /v1/recall", "POST /v1/chat/completions"]
    assert "POST /v1/feedback" in names
    recall = calls.first
    await recall.locator("summary").click()
    await recall.get_by_role("button", name="Copy as curl").click()
    key = (site.var_dir / "maas.key").read_text().strip()
    for name in ("curl", "Python", "JavaScript"):
        await recall.get_by_role("button", name=f"Copy as {name}").click()
        copied = await shown_copy(recall)
        assert "MAAS_API_KEY" in copied
        assert key not in copied
    for name, program in (("curl", CURL), ("Python", PYTHON), ("JavaScript", NODE)):
        await recall.get_by_role("button", name=f"Copy as {name}").click()
        told = await run(program, await shown_copy(recall), MAAS_API_KEY=key)
        answer = json.loads(told.removeprefix("200 "))
        assert any("Marta" in item["content"] for item in answer["items"])
    assert key not in await person.page.content()
    rows = person.site.rows("SELECT request, response FROM memories_turncall")
    assert rows and not any(key in str(row) for row in rows)


async def test_each_part_of_a_continued_reply_has_its_own_record(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character(CHARACTER)
    reply = await person.say("I like long walks in the rain.")
    await reply.article.get_by_role("button", name="Continue").click()
    await person.learnt()
    await reply.article.get_by_role("button", name="Why this reply").click()
    dialog = person.page.get_by_role("dialog", name="Why this reply")
    parts = dialog.get_by_role("navigation", name="Parts of this reply")
    await expect(parts.locator("strong")).to_have_text("part 2")
    await parts.get_by_role("link", name="part 1").click()
    await expect(parts.locator("strong")).to_have_text("part 1")
    await expect(dialog.get_by_text("long walks in the rain").first).to_be_visible()


async def remembered(site: Site, visit: Visit) -> tuple[Person, Reply]:
    """A person whose last reply used one memory, and was learnt from."""
    person = await (await visit(site)).enter_as_guest()
    await person.open_character(CHARACTER)
    await person.say("My sister Marta plays the cello.")
    await person.learnt()
    await person.open_character(CHARACTER)
    reply = await person.say(QUESTION)
    await person.learnt()
    return person, reply


async def over(control: Locator) -> None:
    """Move the mouse there, wherever it stands by now."""
    box = await control.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await control.page.mouse.move(x, y)


async def shown_copy(call: Locator) -> str:
    """The text that is shown as copied, as a clipboard would hold it."""
    return str(await call.locator(".copies pre:visible").evaluate("e => e.textContent"))


async def run(program: Sequence[str], text: str, **env: str) -> str:
    """Give a program what was copied, as pasted; returns what it printed."""
    shell = await asyncio.create_subprocess_exec(
        *program,
        text,
        env=env | {"PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, problem = await asyncio.wait_for(shell.communicate(), 20)
    assert shell.returncode == 0, problem.decode()
    return out.decode()


def saved_text(person: Person) -> str:
    (row,) = person.site.rows(
        "SELECT text FROM conversations_message WHERE conversation_id = %s"
        " ORDER BY created_at DESC LIMIT 1",
        person.conversation_id,
    )
    return str(row["text"])


def wrongs(person: Person) -> list[str]:
    rows = person.site.rows(
        "SELECT wrong FROM memories_turnatom JOIN memories_turnrecord AS record"
        " ON record.id = record_id JOIN conversations_generation AS generation"
        " ON generation.id = generation_id WHERE wrong <> ''"
        " AND generation.conversation_id = %s",
        person.conversation_id,
    )
    return [row["wrong"] for row in rows]
