"""What one tells a character comes back when it matters, and only then."""

from __future__ import annotations

from tests.harness.fixtures import Visit
from tests.harness.person import Person
from tests.harness.site import Site

JAZZ = "I like rainy jazz playlists."  # also about music: recalled, yet of no use
SISTER = "My sister Marta plays the cello."
WALK = "I like long walks in the rain."
CHARACTER = "Ailsa Muir"


async def tell_three_facts(person: Person) -> None:
    """Two conversations, three facts."""
    await person.open_character(CHARACTER)
    await person.say(JAZZ)
    await person.say(SISTER)
    await person.learnt()
    await person.open_character(CHARACTER)
    await person.say(WALK)
    await person.learnt()


async def test_a_fact_comes_back_in_a_later_conversation_and_only_it_is_fed_back(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await tell_three_facts(person)
    await person.open_character(CHARACTER)
    reply = await person.say("What instrument does my sister play?")
    assert "cello" in reply.text.lower()
    assert "[m" not in reply.text
    turn = await person.why(reply)
    used = turn.atom("cello")
    assert used.injected
    assert used.cited
    assert used.verified
    assert used.fed_back
    others = [atom for atom in turn.atoms if atom != used]
    assert others, "the recall returned nothing else, so nothing is shown by it"
    wrong = [atom for atom in others if atom.verified or atom.fed_back]
    assert not wrong, f"{reply.text}\n{turn.text}"
    assert "Sent for 1 memory" in turn.feedback


async def test_an_unrelated_question_sends_no_feedback(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await tell_three_facts(person)
    await person.open_character(CHARACTER)
    turn = await person.why(await person.say("How many moons does Jupiter have?"))
    assert not any(atom.verified or atom.fed_back for atom in turn.atoms)
    assert turn.feedback.startswith("No feedback was sent")


async def test_greetings_and_filler_store_nothing(site: Site, visit: Visit) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character(CHARACTER)
    for filler in ("Hello!", "ok", "thanks", "haha", "good morning"):
        await person.say(filler)
    await person.learnt()
    assert atoms_of(person) == []


async def test_what_is_stored_carries_the_words_that_prove_it(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await person.open_character(CHARACTER)
    turn = await person.why(await person.say(WALK))
    ((content, state),) = turn.stored.items()
    assert "walks in the rain" in content
    assert state == "Saved"
    assert "walks in the rain" in turn.text.split(content, 1)[1], "no quote is shown"


async def test_a_second_person_with_the_same_character_gets_none_of_it(
    site: Site, visit: Visit
) -> None:
    first = await (await visit(site)).enter_as_guest()
    await tell_three_facts(first)
    second = await (await visit(site)).enter_as_guest()
    await second.open_character(CHARACTER)
    reply = await second.say("What instrument does my sister play?")
    assert "cello" not in reply.text.lower()
    assert (await second.why(reply)).atoms == ()
    assert anchors_of(first).isdisjoint(anchors_of(second))


async def test_the_same_person_with_another_character_gets_none_of_it(
    site: Site, visit: Visit
) -> None:
    person = await (await visit(site)).enter_as_guest()
    await tell_three_facts(person)
    before = anchors_of(person)
    await person.open_character("Des Quaye")
    reply = await person.say("What instrument does my sister play?")
    assert "cello" not in reply.text.lower()
    assert (await person.why(reply)).atoms == ()
    assert anchors_of(person).isdisjoint(before)


def atoms_of(person: Person) -> list[str]:
    """What the ledger has for the anchor of the open conversation."""
    rows = person.site.rows(
        "SELECT DISTINCT a.content FROM memories_atom a"
        " JOIN memories_turnrecord r ON r.anchor_id = a.anchor_id"
        " JOIN conversations_generation g ON g.id = r.generation_id"
        " WHERE g.conversation_id = %s",
        person.conversation_id,
    )
    return [row["content"] for row in rows]


def anchors_of(person: Person) -> set[str]:
    """The service's anchors that the open conversation recalled from."""
    rows = person.site.rows(
        "SELECT n.maas_id FROM memories_anchor n"
        " JOIN memories_turnrecord r ON r.anchor_id = n.id"
        " JOIN conversations_generation g ON g.id = r.generation_id"
        " WHERE g.conversation_id = %s",
        person.conversation_id,
    )
    assert rows
    return {row["maas_id"] for row in rows}
