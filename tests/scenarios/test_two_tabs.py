"""Two tabs of one person: one memory, one conversation, the same text in both."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.fakes.maas import FakeMaas
from tests.fakes.server import Pause
from tests.harness.fixtures import Call, Visit
from tests.harness.site import Site
from tests.harness.waiting import eventually


async def test_the_same_character_opened_twice_at_once_makes_one_anchor(
    fake_maas_site: tuple[Site, FakeMaas], call: Call
) -> None:
    site, service = fake_maas_site
    service.reset()
    before = len(service.atoms)
    service.slow["/v1/anchors"] = Pause(1.5)  # all tabs meet while it is made
    visitor = await call(site)
    conversations = []
    for _ in range(4):  # what nothing was said in yet would be opened again
        conversations.append(await visitor.start("des"))
        await visitor.send(conversations[-1], "I like long walks in the rain.")
    assert len(set(conversations)) == 4
    await eventually(
        lambda: all(
            visitor.messages(c)[-1]["status"] == "complete" for c in conversations
        ),
        "every tab has its reply",
        within=30,
    )
    service.slow.clear()
    await eventually(
        lambda: len(service.atoms) > before, "what was said is stored", within=40
    )
    lanes = [asked.json()["metadata"]["lane"] for asked in service.asked("/v1/anchors")]
    assert len(lanes) == 1, lanes


async def test_two_browser_tabs_make_one_anchor_upstream(
    site: Site, visit: Visit
) -> None:
    first = await (await visit(site)).enter_as_guest()
    second = await first.another_tab()
    await first.open_character("Des Quaye")
    await first.send("I like long walks in the rain.")
    # What nothing was said in yet would be opened again: both tabs would share it.
    replies = first.transcript.get_by_role("article", name="Des Quaye")
    await expect(replies).to_have_count(2)
    await second.open_character("Des Quaye")
    assert second.conversation_id != first.conversation_id
    await second.say("My sister Marta plays the cello.")
    await first.finished()
    await asyncio.gather(first.learnt(), second.learnt())
    rows = site.rows(
        "SELECT n.maas_id FROM memories_anchor n"
        " JOIN conversations_conversation c ON c.user_id = n.user_id"
        " WHERE c.id = %s",
        first.conversation_id,
    )
    assert len(rows) == 1
    count = site.rows(
        "SELECT count(*) AS n FROM maas_anchor WHERE metadata->>'user_external_id' ="
        " (SELECT metadata->>'user_external_id' FROM maas_anchor WHERE id::text = %s)",
        rows[0]["maas_id"],
    )
    assert count[0]["n"] == 1


async def test_a_reply_appears_in_the_other_tab_too(site: Site, visit: Visit) -> None:
    first = await (await visit(site)).enter_as_guest()
    await first.open_character("Ailsa Muir")
    second = await first.another_tab()
    await second.page.goto(first.page.url)
    reply = await first.say("I like long walks in the rain.")
    await second.finished()
    await expect(second.transcript).to_contain_text("I like long walks in the rain.")
    sentence = reply.text.splitlines()[-1].split(". ")[0][:40]
    assert sentence
    mine = await first.transcript.locator(".prose").last.inner_text()
    await expect(second.transcript.locator(".prose").last).to_have_text(
        mine, use_inner_text=True
    )
