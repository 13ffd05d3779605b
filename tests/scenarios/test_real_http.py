"""The same story with model and memory service as processes of their own, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.harness.fixtures import Visit
from tests.harness.maas import MaasServer, running_maas
from tests.harness.model import ScriptedModelServer, running_model
from tests.harness.site import Site, run_dir, running_site
from tests.scenarios.test_character_memory import CHARACTER, tell_three_facts

Remote = tuple[Site, ScriptedModelServer, MaasServer]


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    """A site whose model and memory service are other processes on loopback."""
    with (
        running_model(run_dir()) as model,
        running_maas() as maas,
        running_site("remote", **model.env, **maas.env) as site,
    ):
        yield site, model, maas


async def test_a_fact_comes_back_and_only_it_is_fed_back(
    remote: Remote, visit: Visit
) -> None:
    site, model, maas = remote
    person = await (await visit(site)).enter_as_guest()
    await tell_three_facts(person)
    await person.open_character(CHARACTER)
    reply = await person.say("What instrument does my sister play?")
    assert "cello" in reply.text.lower()
    turn = await person.why(reply)
    assert [atom.content for atom in turn.atoms if atom.fed_back] == [
        turn.atom("cello").content
    ]
    assert len(turn.atoms) > 1
    # The upstream services saw it too, not only our own page.
    session = re.search(r"Recall session\s+(\S+)", turn.text)
    assert session, turn.text
    fed_back = maas.rows(
        "SELECT a.content FROM maas_feedback f JOIN maas_atom a ON a.id = f.atom_id"
        " WHERE f.session_id::text = %s",
        session[1],
    )
    assert [row["content"] for row in fed_back] == [turn.atom("cello").content]
    prompt = model.history("chat")[-1]["messages"][-1]["content"]
    assert "<memory>" in prompt
    assert "cello" in prompt


async def test_the_site_serves_no_memory_service_of_its_own_then(
    remote: Remote, visit: Visit
) -> None:
    person = await visit(remote[0])
    answer = await person.page.request.post("/v1/anchors", data={"name": "x"})
    assert answer.status in (403, 404)


async def test_a_killed_memory_service_costs_only_memory(
    remote: Remote, visit: Visit
) -> None:
    site, _, maas = remote
    person = await (await visit(site)).enter_as_guest()
    await person.open_character(CHARACTER)
    await person.say("My sister Marta plays the cello.")
    await person.learnt()
    maas.process.kill()
    try:
        reply = await person.say("I like long walks in the rain.")
        assert "memory this turn" in reply.text
    finally:
        maas.restart()
    await person.learnt()
    rows = site.rows(
        "SELECT a.state FROM memories_atom a JOIN memories_evidence e ON e.atom_id = a.id"
        " JOIN conversations_message m ON m.id = e.message_id"
        " WHERE m.conversation_id = %s",
        person.conversation_id,
    )
    assert [row["state"] for row in rows] == ["saved", "saved"]
