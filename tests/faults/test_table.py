"""A run that was cut short goes on where it was, and its sums are those of both."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.faults.plan import Amounts, groups
from tests.faults.points import POINTS
from tests.faults.table import Row, Table, figures, table

WHOLE = argparse.Namespace(
    share=1.0,
    minutes=360.0,
    **{name: default for name, (default, _) in Amounts.OPTIONS.items()},
)


def row(times: int, *, lost: int = 0, seconds: float = 1.0) -> Row:
    made = Row("kill_web", turns=10 * times, lost=lost)
    for _ in range(times):
        made.recovered(seconds)
        made.kills += 1
    return made


def test_a_later_run_goes_on_with_the_rows_of_the_one_before(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    Table(state).add(row(3, lost=1, seconds=2.0))
    later = Table(state)
    assert later.done("kill_web") == 3
    later.add(row(2))
    found = figures(Table(state).rows)
    assert (found["kills"], found["turns"], found["lost"]) == (5, 50, 1)
    assert (found["kill_web_times"], found["recover_s_max"]) == (5, 2.0)
    assert found["kill_web_recover_s_p50"] == 2.0
    assert json.loads(state.read_text())


def test_what_was_skipped_at_first_and_done_later_counts_as_done() -> None:
    found = Table()
    found.add(Row("kill_web", skipped="no time was left"))
    assert "no time was left" in table(found.rows)
    found.add(row(1))
    assert "no time was left" not in table(found.rows)


def test_the_long_form_kills_at_every_point_and_at_random_often_enough() -> None:
    goals = {
        name: goal
        for group in groups(Amounts.of(WHOLE))
        for work in group.works
        for name, goal in work.goals.items()
    }
    at_points = [goal for name, goal in goals.items() if name.startswith("at_")]
    assert at_points == [20] * len(POINTS)
    at_random = sum(goal for name, goal in goals.items() if name.startswith("kill_"))
    assert sum(at_points) + at_random >= 1000


def test_the_rounds_of_a_run_add_up_to_all_of_it() -> None:
    found = Table()
    work = next(
        w for g in groups(Amounts.of(WHOLE)) for w in g.works if "kill_web" in w
    )
    for number in range(1, 6):
        left = work.left(found, number, 5)
        found.add(row(left["kill_web"]))
    assert found.done("kill_web") == work.goals["kill_web"]
    assert not work.left(found, 5, 5)


def test_a_share_shrinks_the_amounts_and_keeps_everything() -> None:
    small = Amounts.of(argparse.Namespace(**{**vars(WHOLE), "share": 0.01}))
    assert (small.each, small.kills, small.people) == (1, 5, WHOLE.people)
    assert len(groups(small)) == len(groups(Amounts.of(WHOLE)))
