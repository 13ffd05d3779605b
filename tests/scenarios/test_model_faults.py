"""However a model server fails, the person learns what happened and loses nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.fakes import llm
from tests.fakes.llm import FaultyModel
from tests.fakes.server import Answer
from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

SAID = "I like long walks in the rain."
PARTIAL = "The rain has a way of"
# Words for operators and programmers that no person should have to read.
TECHNICAL = (
    *("Traceback", "Exception", "Error:", "HTTP", "JSON", "SSE", "upstream", "{"),
    *("None", "httpx", "openai", "asyncio", "<html", "doctype", "127.0.0.1"),
)
AT_ONCE = {
    "401": llm.refused(401, "invalid_api_key"),
    "404": llm.refused(404, "model_not_found"),
    "429": llm.refused(429, "rate_limit_exceeded", retry_after="1"),
    "500": llm.refused(500, "server_error"),
    "an HTML page": llm.html_page(),
    "an HTML page with 502": Answer(502, "<html>Bad gateway</html>"),
    "a stream that never starts": llm.never_starts(),
    "an empty reply": llm.empty(),
}
IN_THE_MIDDLE = {
    "a stream that stops half-way": llm.half_way(PARTIAL),
    "a stream that stalls": llm.stalls_after(PARTIAL),
}


@pytest_asyncio.fixture(loop_scope="session")
async def guest(
    faulty_model_site: tuple[Site, FaultyModel], visit: Visit
) -> AsyncIterator[Person]:
    """A guest in a conversation on the impatient site."""
    site, model = faulty_model_site
    model.reset()
    person = await (await visit(site)).enter_as_guest()
    yield await person.open_character("Ailsa Muir")
    model.reset()


@pytest.fixture
def model(faulty_model_site: tuple[Site, FaultyModel]) -> FaultyModel:
    """The model server that fails."""
    return faulty_model_site[1]


async def test_a_model_that_answers_well_is_shown(
    guest: Person, model: FaultyModel
) -> None:
    reply = await guest.say(SAID)
    assert llm.USUAL in reply.text
    assert await status(guest) == "complete"


@pytest.mark.parametrize("fault", AT_ONCE.values(), ids=AT_ONCE.keys())
async def test_a_model_that_fails_before_a_word_leaves_the_message_and_a_way_on(
    guest: Person, model: FaultyModel, fault: Answer
) -> None:
    model.every_reply = fault
    reply = await guest.say(SAID)
    assert await status(guest) == "failed"
    await says_plainly_what_happened(guest)
    await guest.page.reload()
    await expect(guest.transcript).to_contain_text(SAID)
    await says_plainly_what_happened(guest)

    model.every_reply = None
    await guest.button("Regenerate").last.click()
    await expect(guest.transcript).to_contain_text(llm.USUAL)
    await guest.finished()
    assert await status(guest) == "complete"
    assert reply.text


@pytest.mark.parametrize("fault", IN_THE_MIDDLE.values(), ids=IN_THE_MIDDLE.keys())
async def test_what_came_before_a_stream_broke_is_kept(
    guest: Person, model: FaultyModel, fault: Answer
) -> None:
    model.every_reply = fault
    reply = await guest.say(SAID)
    assert PARTIAL in reply.text
    assert await status(guest) in {"failed", "interrupted"}
    await says_plainly_what_happened(guest)
    await guest.page.reload()
    await expect(guest.transcript).to_contain_text(SAID)
    await expect(guest.transcript).to_contain_text(PARTIAL)
    rows = guest.site.rows(
        "SELECT m.text FROM conversations_message m"
        " JOIN conversations_generation g ON g.message_id = m.id"
        " WHERE m.conversation_id = %s",
        guest.conversation_id,
    )
    assert [row["text"].strip() for row in rows] == [PARTIAL]


async def test_characters_torn_apart_by_the_wire_arrive_whole(
    guest: Person, model: FaultyModel
) -> None:
    text = "Müsli für 안녕하세요 👩🏽‍🚀 – voilà"
    model.next(llm.split_utf8(text))
    assert text in (await guest.say(SAID)).text
    assert await status(guest) == "complete"


async def test_what_was_said_to_a_failing_model_is_learnt_all_the_same(
    guest: Person, model: FaultyModel
) -> None:
    model.every_reply = llm.refused(500, "server_error")
    model.next_extraction(
        {
            "type": "preference",
            "content": "User likes long walks in the rain.",
            "confidence": 0.9,
            "quote": SAID,
            "speaker": "user",
        }
    )
    await guest.say(SAID)
    await guest.learnt()
    rows = guest.site.rows(
        "SELECT a.content, a.state FROM memories_atom a"
        " JOIN memories_evidence e ON e.atom_id = a.id"
        " JOIN conversations_message m ON m.id = e.message_id"
        " WHERE m.conversation_id = %s",
        guest.conversation_id,
    )
    assert [(row["content"], row["state"]) for row in rows] == [
        ("User likes long walks in the rain.", "saved")
    ]


async def says_plainly_what_happened(person: Person) -> None:
    """The last message says in words for people that and why there is no reply."""
    problem = person.page.locator(".message-problem").last
    await expect(problem).to_be_visible()
    text = await problem.locator("span").first.inner_text()
    assert len(text.split()) >= 4, f"says too little: {text!r}"
    assert not [word for word in TECHNICAL if word.lower() in text.lower()], text
    await expect(person.button("Regenerate").last).to_be_visible()


async def status(person: Person) -> str:
    """How the newest reply of the conversation ended."""
    rows = person.site.rows(
        "SELECT status FROM conversations_generation WHERE conversation_id = %s"
        " ORDER BY created_at DESC LIMIT 1",
        person.conversation_id,
    )
    return str(rows[0]["status"])
