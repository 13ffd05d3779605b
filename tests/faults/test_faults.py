"""The short form: every kind of fault once or twice, nothing lost and nothing doubled.

`make test-faults` is the long form of the same code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults import kills, tabs, upstream, words
from tests.faults.kills import Load
from tests.faults.ledger import Ledger
from tests.faults.people import talking
from tests.faults.points import MODULES, POINTS, SOMETIMES, WITHIN
from tests.faults.stand import Stand, standing
from tests.faults.table import Row, table
from tests.harness.waiting import eventually

LOAD = Load(people=3, turns=3)
# One of each group is what the tests' budget allows; the long form has all.
AT_POINTS = {"maas.store_atom:after": 1}
UPSTREAM = ("maas_accepted_but_cut",)
WORDS = ("model_cut_at_every_tenth",)
MODULE_NAMES = {module.rpartition(".")[2] for module in MODULES} | {"maas", "model"}

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("faults"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One site for all of them, with proxies between its parts."""
    log = tmp_path_factory.mktemp("points") / "passed"
    with standing(proxied=True, CRASH_LOG=str(log)) as running:
        yield running


def fine(row: Row) -> None:
    """Zeros in every column that shall have them."""
    assert row.skipped or row.times, table([row])
    assert row.lost == row.doubled == 0, table([row])
    assert not row.problems, table([row])


async def test_every_named_point_is_passed_and_no_other_step_commits(
    stand: Stand,
) -> None:
    ledger = Ledger()
    passed = Path(stand.web.env["CRASH_LOG"])

    def missing() -> set[str]:
        return set(POINTS) - set(passed.read_text().split())

    async with talking(stand, ledger, 2):
        with suppress(AssertionError):  # the one below names them
            await eventually(lambda: not missing(), "all are passed", within=60)
    assert not missing()
    names = {line.split(":")[0] for line in passed.read_text().split()}
    known = {*(point.split(":")[0] for point in POINTS), *SOMETIMES, *WITHIN}
    ours = {name for name in names if name.split(".")[0] in MODULE_NAMES}
    assert ours <= known, "name these steps in tests/faults/points.py"


@pytest.mark.parametrize("kind", kills.KINDS, ids=kills.KINDS)
async def test_a_kill_loses_nothing_and_doubles_nothing(
    stand: Stand, kind: str
) -> None:
    fine(await kills.kill_at_random(stand, kind, 1, LOAD))


async def test_a_kill_at_a_named_point_loses_nothing(stand: Stand) -> None:
    for row in await kills.kill_at_points(stand, AT_POINTS, LOAD):
        fine(row)


@pytest.mark.parametrize("name", UPSTREAM, ids=UPSTREAM)
async def test_a_fault_of_a_service_loses_nothing(stand: Stand, name: str) -> None:
    fine(await upstream.upstream(stand, name, 1, LOAD))


@pytest.mark.parametrize("name", WORDS, ids=WORDS)
async def test_a_reply_that_breaks_ends_and_says_why(stand: Stand, name: str) -> None:
    fine(await words.said_wrongly(stand, name, 4))


async def test_a_page_that_was_offline_catches_up_without_a_reload(
    stand: Stand,
) -> None:
    fine(await tabs.offline(stand, 1, 1.0))


async def test_disconnections_reloads_and_tabs_all_show_the_same(stand: Stand) -> None:
    fine(await tabs.tabs(stand, 4))


async def test_a_clock_that_jumps_stops_nothing(stand: Stand) -> None:
    fine(await tabs.clock_jumps(stand, 2, LOAD))
