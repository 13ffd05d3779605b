"""A chip claims "used" of what was found used, at the places of its own markers."""

from __future__ import annotations

from chatapp.memories.lines import Judged, chips


def judged(
    row: int,
    label: str,
    *,
    used: bool = True,
    wrong: str = "",
    base: int = 0,
    cites: list[tuple[str, int]] | None = None,
    maas_id: str = "",
) -> Judged:
    return (row, maas_id or f"atom {row}", label, used, wrong, base, cites or [])


def test_chips_are_numbered_as_the_reply_comes_to_them() -> None:
    cites = [("m2", 10), ("m1", 30), ("m2", 50)]
    first, second = chips([judged(1, "m1", cites=cites), judged(2, "m2", cites=cites)])
    assert (first.number, first.id, first.offsets) == (1, 2, (10, 50))
    assert (second.number, second.id, second.offsets) == (2, 1, (30,))


def test_what_was_used_without_a_marker_comes_last_and_stands_nowhere() -> None:
    cites = [("m2", 10)]
    shown = chips([judged(1, "m1", cites=cites), judged(2, "m2", cites=cites)])
    assert [(chip.id, chip.offsets) for chip in shown] == [(2, (10,)), (1, ())]


def test_a_cited_atom_that_is_not_verified_as_used_claims_no_use() -> None:
    (chip,) = chips([judged(1, "m1", used=False, cites=[("m1", 4)])])
    assert not chip.used
    assert "used here" not in chip.name


def test_an_atom_in_two_parts_of_a_reply_is_one_chip_at_both_places() -> None:
    (chip,) = chips(
        [
            judged(1, "m1", cites=[("m1", 4)], maas_id="a"),
            judged(9, "m3", cites=[("m3", 2)], maas_id="a", base=100, used=False),
        ]
    )
    assert (chip.id, chip.offsets, chip.used) == (1, (4, 102), True)


def test_what_the_person_said_of_it_is_told_with_it() -> None:
    (chip,) = chips([judged(1, "m1", wrong="sent", cites=[("m1", 4)])])
    assert chip.wrong and "as you said" in chip.name
