"""What stands beside a message, and what replaced an atom."""

from __future__ import annotations

import uuid

from embedded.maas.conversations import NONE, Conversations
from embedded.maas.replacements import Replacements, ids_in


def test_neighbours_are_of_the_same_conversation_in_order_of_writing() -> None:
    found = Conversations()
    found.extend(["a", "b", "a"])
    found.extend(["", "a"])
    assert found.number.tolist() == [0, 1, 0, NONE, 0]
    assert found.before.tolist() == [NONE, NONE, 0, NONE, 2]
    assert found.after.tolist() == [2, NONE, 4, NONE, NONE]
    assert found.count == 2


def test_rows_added_one_by_one_or_at_once_have_the_same_neighbours() -> None:
    sessions = ["a", "b", "", "a"] * 20
    at_once, grown = Conversations(), Conversations()
    at_once.extend(sessions)
    for session in sessions:
        grown.extend([session])
    assert grown.before.tolist() == at_once.before.tolist()
    assert grown.after.tolist() == at_once.after.tolist()


def test_a_replacement_names_one_atom_or_several() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    assert ids_in(str(one)) == [one]
    assert ids_in(f'["{one}", "{other}"]') == [one, other]
    assert ids_in('{"no": "id"}') == []
    found = Replacements()
    found.add(7, str(one))
    assert (found.pairs(), len(found)) == ([(one, 7)], 1)
