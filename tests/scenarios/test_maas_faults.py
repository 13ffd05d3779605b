"""Whatever the memory service answers, the reply comes and says what memory did.

What was said meanwhile is stored once the service is well again, or shown as not
remembered where the service refused it for good.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.fakes import maas
from tests.fakes.maas import FakeMaas
from tests.fakes.server import NOTHING, Answer
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site
from tests.harness.waiting import eventually

FIRST = "My sister Marta plays the cello."
MEANWHILE = "I like long walks in the rain."
# Refused for good: repeating the same call can not help.
FOR_GOOD = {"400": maas.error(400), "garbage": maas.GARBAGE}
# One 404 only: the site takes several lost anchors for a wrong workspace and stops.
# Ends when somebody pays, allows, waits or repairs; what was said waits for that.
FOR_NOW = {
    "402": maas.error(402),
    "403": maas.error(403),
    "bad key": maas.BAD_KEY,
    "404": maas.error(404),
    "429": maas.error(429, retry_after="1"),
    "500": maas.error(500),
    "nothing": NOTHING,
}
RECOVERS_S = 90.0


@pytest_asyncio.fixture(loop_scope="session")
async def guest(
    fake_maas_site: tuple[Site, FakeMaas], visit: Visit
) -> AsyncIterator[Person]:
    """A guest who has told a character one thing, which is stored."""
    site, service = fake_maas_site
    service.reset()
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.say(FIRST)
    await person.learnt()
    yield person
    service.reset()


@pytest.fixture
def service(fake_maas_site: tuple[Site, FakeMaas]) -> FakeMaas:
    """The memory service that fails."""
    return fake_maas_site[1]


async def test_a_service_that_is_well_stores_what_was_said(
    guest: Person, service: FakeMaas
) -> None:
    assert any("cello" in content for content in stored(guest, service))


@pytest.mark.parametrize("fault", FOR_NOW.values(), ids=FOR_NOW.keys())
async def test_the_reply_comes_without_memory_and_what_was_said_is_stored_later(
    guest: Person, service: FakeMaas, fault: Answer
) -> None:
    service.always("*", fault)
    reply = await guest.say(MEANWHILE)
    assert len(reply.text.split()) > 3
    await expect(reply.article).to_contain_text("memory this turn")
    assert not any("rain" in content for content in stored(guest, service))
    service.reset()
    await eventually(
        lambda: any("rain" in content for content in stored(guest, service)),
        "what was said meanwhile is stored",
        within=RECOVERS_S,
    )
    await eventually(lambda: states(guest)[-1] == "saved", "the ledger knows it")


@pytest.mark.parametrize("fault", FOR_GOOD.values(), ids=FOR_GOOD.keys())
async def test_the_reply_comes_and_says_that_it_had_no_memory(
    guest: Person, service: FakeMaas, fault: Answer
) -> None:
    service.always("*", fault)
    reply = await guest.say("What instrument does my sister play?")
    assert len(reply.text.split()) > 3
    await expect(reply.article).to_contain_text("memory this turn")


@pytest.mark.parametrize("fault", FOR_GOOD.values(), ids=FOR_GOOD.keys())
async def test_what_is_refused_for_good_is_shown_as_not_remembered(
    guest: Person, service: FakeMaas, fault: Answer
) -> None:
    service.always("/v1/atoms", fault)
    reply = await guest.say(MEANWHILE)
    await guest.learnt()
    assert "saved" not in states(guest)[1:]
    await guest.page.reload()
    await expect(guest.transcript).to_contain_text("Not remembered")
    assert reply.text


async def test_switched_off_and_on_again_loses_nothing(
    guest: Person, service: FakeMaas
) -> None:
    service.switch_off()
    try:
        reply = await guest.say(MEANWHILE)
        await expect(reply.article).to_contain_text("memory this turn")
    finally:
        service.switch_on()
    await eventually(
        lambda: any("rain" in content for content in stored(guest, service)),
        "what was said meanwhile is stored",
        within=RECOVERS_S,
    )
    contents = stored(guest, service)
    assert len(contents) == len(set(contents)), "something was stored twice"


async def test_a_person_who_comes_while_it_is_off_gets_an_anchor_later(
    fake_maas_site: tuple[Site, FakeMaas], visit: Visit
) -> None:
    site, service = fake_maas_site
    service.reset()
    person = await (await visit(site)).enter_as_guest()
    service.switch_off()
    try:
        await person.open_character("Ailsa Muir")
        reply = await person.say(MEANWHILE)
        await expect(reply.article).to_contain_text("memory this turn")
    finally:
        service.switch_on()
    await eventually(
        lambda: any("rain" in content for content in stored(person, service)),
        "the anchor is made and what was said is stored",
        within=RECOVERS_S,
    )


def stored(person: Person, service: FakeMaas) -> list[str]:
    """What the service keeps for the anchor of the open conversation."""
    rows = person.site.rows(
        "SELECT DISTINCT n.maas_id FROM memories_anchor n"
        " JOIN memories_turnrecord r ON r.anchor_id = n.id"
        " JOIN conversations_generation g ON g.id = r.generation_id"
        " WHERE g.conversation_id = %s",
        person.conversation_id,
    )
    ids = {row["maas_id"] for row in rows}
    return [a["content"] for a in service.atoms.values() if a["anchor_id"] in ids]


def states(person: Person) -> list[str]:
    """The states of what the ledger took in from the open conversation."""
    rows = person.site.rows(
        "SELECT a.state FROM memories_atom a"
        " JOIN memories_evidence e ON e.atom_id = a.id"
        " JOIN conversations_message m ON m.id = e.message_id"
        " WHERE m.conversation_id = %s ORDER BY a.created_at",
        person.conversation_id,
    )
    return [row["state"] for row in rows]
