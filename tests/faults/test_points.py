"""No step of a turn is without a named point to be killed at."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from memory.turn import Book
from tests.faults.crashing import Crash
from tests.faults.passing import remote_calls
from tests.faults.points import MODULES, POINTS, READS, SOMETIMES, WITHIN
from tests.faults.steps import calls_made, writers

NAMED = {point.split(":")[0] for point in POINTS}
ASK = "name it in tests/faults/points.py"


@pytest.mark.parametrize("module", MODULES, ids=MODULES)
def test_every_function_that_writes_has_a_named_point(module: str) -> None:
    unnamed = writers(module, MODULES) - NAMED - set(SOMETIMES) - set(WITHIN)
    assert not unnamed, f"{sorted(unnamed)} write in {module}: {ASK}"


def test_every_method_of_the_book_has_a_named_point() -> None:
    methods = {f"book.{name}" for name in vars(Book) if not name.startswith("_")}
    unnamed = methods - NAMED - set(SOMETIMES) - READS
    assert len(methods) >= 8
    assert not unnamed, f"{sorted(unnamed)}: {ASK}"


def test_every_call_of_the_memory_service_that_a_turn_makes_has_a_named_point() -> None:
    made = {f"maas.{name}" for name in calls_made()}
    assert made
    unnamed = made - NAMED - set(SOMETIMES)
    assert not unnamed, f"{sorted(unnamed)}: {ASK}"


def test_every_call_of_the_client_is_watched() -> None:
    import memory.calls

    tree = ast.parse(Path(str(memory.calls.__file__)).read_text(encoding="utf-8"))
    coroutines = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)
    }
    assert set(remote_calls()) == coroutines - {"make"}


def test_a_step_that_is_in_no_list_would_be_found() -> None:
    assert writers("chatapp.conversations.reaper") - NAMED - set(WITHIN)


def test_a_crash_comes_at_the_count_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    crash = Crash("turns.begin:after:2", "")
    for name in ("turns.begin:before", "turns.begin:after", "book.saved:after"):
        crash.passed(name)
    assert codes == []
    crash.passed("turns.begin:after")
    assert codes == [137]
