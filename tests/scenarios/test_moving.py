"""`manage.py maas_move`, killed on the way, goes on: nothing is lost there or doubled."""

from __future__ import annotations

from collections import Counter

from tests.fakes.maas import KEY, WORKSPACE, FakeMaas
from tests.fakes.server import HANG, Answer, Asked
from tests.harness.fixtures import Call
from tests.harness.processes import Process
from tests.harness.site import Site
from tests.harness.waiting import eventually

# By hand, so that they are live without a message.
REMEMBER = """
    INSERT INTO memories_atom (id, anchor_id, client_ref, maas_id, scope, atom_type,
        content, confidence, source_type, speaker, about, realm, state, pinned, by_hand,
        problem, created_at)
    SELECT gen_random_uuid(), anchor.id, gen_random_uuid(), gen_random_uuid()::text,
           anchor.maas_id, 'preference', 'User keeps stamp no. ' || n || '.', 0.9, 'prd',
           'user', 'user', 'life', 'saved', false, true, '',
           now() + n * interval '1 second'
    FROM memories_anchor AS anchor JOIN conversations_conversation AS c
      ON c.user_id = anchor.user_id, generate_series(1, 8) AS n
    WHERE c.id = %s RETURNING content
"""


class Stuck(FakeMaas):
    """Takes atoms, and says so of the first `quick` of ours alone."""

    quick = 2

    def answer(self, asked: Asked) -> Answer:
        answer = super().answer(asked)
        if asked.path != "/v1/atoms" or b"keeps stamp no." not in asked.body:
            return answer
        self.quick -= 1
        return answer if self.quick >= 0 else Answer(parts=(HANG,))


async def test_a_move_that_is_killed_goes_on_where_it_was(
    site: Site, call: Call
) -> None:
    """The other service is as plain as the documentation: it takes everything twice."""
    visitor = await call(site)
    conversation = await visitor.start("des")
    mine = {row["content"] for row in site.rows(REMEMBER, conversation)}
    assert len(mine) == 8
    with Stuck() as there:
        env = site.env | {"MAAS_MOVE_API_KEY": KEY}
        command = ["manage.py", "maas_move", there.url, "--workspace", WORKSPACE]
        logs = site.web.log.parent

        def stored() -> Counter[str]:
            return Counter(atom["content"] for atom in list(there.atoms.values()))

        moving = Process("maas-move", command, env=env, log_dir=logs)
        # The third is stored there, and its answer on the way: nobody knows of it here.
        await eventually(lambda: len(mine & stored().keys()) == 3, "it is on the way")
        moving.kill()
        there.quick = 8
        moving.start()
        moving.finish()
        assert "1 found" in moving.tail()
        assert {content: stored()[content] for content in mine} == dict.fromkeys(
            mine, 1
        )
        lanes = [a["metadata"]["lane"] for a in there.anchors.values()]
        assert len(lanes) == len(set(lanes)), "each anchor is made once"
