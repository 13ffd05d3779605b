"""What was verified as useful rises a little, what was wrong sinks, once each."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async as in_db

from embedded.maas.models import Atom, Feedback
from tests.embedded.maas.caller import Caller

TWINS = ["User enjoys jazz on Sundays.", "User enjoys jazz on Mondays."]


async def _twins(acme: Caller) -> tuple[str, dict[str, Any], list[str]]:
    anchor = await acme.anchor()
    atoms = [await acme.atom(anchor, content) for content in TWINS]
    return anchor, await acme.recall(anchor, "jazz"), atoms


def _scores(found: dict[str, Any]) -> dict[str, float]:
    return {item["atom_id"]: item["score"] for item in found["items"]}


async def _say(acme: Caller, session: str, atoms: list[str], *, success: bool) -> int:
    body = {"session_id": session, "success": success, "used_memory_atom_ids": atoms}
    return (await acme.post("/v1/feedback", body)).status_code


@pytest.mark.parametrize("success", [True, False], ids=["helped", "hurt"])
async def test_feedback_moves_its_atom_and_no_other(
    acme: Caller, success: bool
) -> None:
    anchor, found, (one, other) = await _twins(acme)
    assert await _say(acme, found["session_id"], [one], success=success) == 200
    before, after = _scores(found), _scores(await acme.recall(anchor, "jazz"))
    assert after[other] == pytest.approx(before[other], rel=0.001)
    assert (after[one] > before[one]) is success
    assert 0.85 <= after[one] / before[one] <= 1.15


async def test_the_boost_is_bounded_however_often_it_is_given(acme: Caller) -> None:
    anchor, found, (one, _) = await _twins(acme)
    for _ in range(12):
        session = (await acme.recall(anchor, "jazz"))["session_id"]
        await _say(acme, session, [one], success=True)
    after = _scores(await acme.recall(anchor, "jazz"))
    assert after[one] / _scores(found)[one] <= 1.1501


async def test_saying_it_twice_counts_once_and_the_last_word_holds(
    acme: Caller,
) -> None:
    _, found, (one, _) = await _twins(acme)
    for success in (True, True, False, False):
        assert await _say(acme, found["session_id"], [one, one], success=success) == 200
    atom = await in_db(Atom.objects.get)(pk=one)
    assert (atom.helped, atom.hurt) == (0, 1)
    assert await in_db(Feedback.objects.count)() == 1


async def test_atoms_that_were_not_recalled_are_refused_together(acme: Caller) -> None:
    anchor, found, (one, _) = await _twins(acme)
    stranger = await acme.atom(anchor, "User collects stamps.")
    assert await _say(acme, found["session_id"], [one, stranger], success=True) == 400
    assert not await in_db(Feedback.objects.exists)()


async def test_the_callers_own_session_id_is_accepted(acme: Caller) -> None:
    anchor = await acme.anchor()
    atom = await acme.atom(anchor, TWINS[0], user_external_id="u1")
    body = {"user_external_id": "u1", "session_id": "session-006", "query": "jazz"}
    for _ in range(2):
        await acme.post("/v1/memory/recall", body)
    assert await _say(acme, "session-006", [atom], success=True) == 200
    assert await _say(acme, "session-007", [atom], success=True) == 404


async def test_feedback_for_an_atom_forgotten_since_is_no_error(acme: Caller) -> None:
    _, found, (one, _) = await _twins(acme)
    await acme.delete(f"/v1/atoms/{one}")
    assert await _say(acme, found["session_id"], [one], success=True) == 200
    assert not await in_db(Feedback.objects.exists)()
