"""What trips a learner up in one lesson is taken up in the next."""

from __future__ import annotations

from tests.harness.fixtures import Visit
from tests.harness.site import Site

COURSE = "Computer networks"
TUTOR = "Maren Holt"


async def test_a_misconception_is_recalled_and_addressed_in_the_next_lesson(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_course(COURSE, TUTOR)
    turn = await person.why(
        await person.say("I think UDP guarantees that packets arrive in order.")
    )
    assert any("UDP" in content for content in turn.stored), turn.text
    await person.open_course(COURSE, TUTOR)
    reply = await person.say("Teach me about TCP and UDP.")
    turn = await person.why(reply)
    used = turn.atom("UDP")
    assert used.injected
    assert used.cited
    assert used.verified
    assert used.fed_back
    assert "UDP" in reply.text


async def test_what_is_stored_of_a_learner_has_a_type_of_the_tutor_and_a_confidence(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_course(COURSE, TUTOR)
    await person.say("I think UDP guarantees that packets arrive in order.")
    await person.learnt()
    rows = site.rows(
        "SELECT a.atom_type, a.confidence FROM memories_atom a"
        " JOIN memories_turnrecord r ON r.anchor_id = a.anchor_id"
        " JOIN conversations_generation g ON g.id = r.generation_id"
        " WHERE g.conversation_id = %s",
        person.conversation_id,
    )
    assert [row["atom_type"] for row in rows] == ["misconception"]
    assert 0 < rows[0]["confidence"] <= 1


async def test_a_tutor_knows_nothing_of_what_was_told_to_a_character(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character("Ailsa Muir")
    await person.say("My sister Marta plays the cello.")
    await person.learnt()
    await person.open_course(COURSE, TUTOR)
    reply = await person.say("What does my sister play?")
    assert "cello" not in reply.text.lower()
    assert (await person.why(reply)).atoms == ()
