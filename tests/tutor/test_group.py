"""Over whom a class is summed up: no sum, and no difference of sums, is one person's."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tutor.classes.group import AT_LEAST, Group, group

people = st.sets(st.integers(1, 9))


def test_three_learners_are_summed_up() -> None:
    assert group({1, 2, 3}) == {1, 2, 3}


def test_two_learners_are_not() -> None:
    assert group({1, 2}) == frozenset()


def test_a_newcomer_waits_for_another_one() -> None:
    three = group({1, 2, 3})
    assert group({1, 2, 3, 4}, before=[three]) == three
    assert group({1, 2, 3, 4, 5}, before=[three]) == {1, 2, 3, 4, 5}


def test_when_one_leaves_another_waits_with_them() -> None:
    five = group({1, 2, 3, 4, 5})
    assert group({1, 2, 3, 4}, before=[five]) == {1, 2, 3}


def test_who_is_seen_can_be_subtracted_so_one_alone_is_not_left() -> None:
    assert group({1, 2, 3}, seen={1, 2}) == frozenset()
    assert group({1, 2, 3, 4}, seen={1, 2, 3}) == {1, 2, 3}
    assert group({1, 2, 3}, seen={1}) == {1, 2, 3}
    assert group({1, 2, 3}, seen={1, 2, 3}) == {1, 2, 3}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(people, people), max_size=12))
def test_whatever_comes_and_goes_nothing_shown_is_one_persons(
    days: list[tuple[set[int], set[int]]],
) -> None:
    shown: list[Group] = []
    for learners, seen in days:
        found = group(learners, seen=seen, before=shown)
        assert found <= learners
        if not found:
            continue
        assert len(found) >= AT_LEAST
        assert len(found - seen) != 1
        assert all(len(found ^ earlier) != 1 for earlier in shown)
        shown.append(found)
