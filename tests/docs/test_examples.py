"""The examples of the documentation run, against real processes on loopback."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from memory.recall import Ledger
from memory.turn import Book
from tests.docs.pages import fenced, text_of
from tests.harness.maas import running_maas
from tests.harness.model import running_model
from tests.harness.processes import PASSED_ON, PROJECT
from tests.harness.site import Site, run_dir

pytestmark = pytest.mark.processes
together = pytest.mark.xdist_group("docs")
ASK = PROJECT / "docs/examples/ask.py"
Env = Mapping[str, str]


@pytest.fixture(scope="module")
def services() -> Iterator[Env]:
    """The settings of an example: a memory service and a model, each a process."""
    with running_model(run_dir(), tokens_per_second=0) as model, running_maas() as maas:
        yield {**model.env, **maas.env}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that holds a copy of memory/ and nothing else of ours."""
    shutil.copytree(PROJECT / "memory", tmp_path / "memory")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, env: Env) -> str:
    """Run Python in the current directory; returns what it printed."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        env={**passed_on, "PYTHONPATH": ".", **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ask", ASK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def methods(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


@together
def test_the_program_remembers_and_feeds_back_what_it_used(services: Env) -> None:
    told = run(str(ASK), "I'm allergic to shellfish.", env=services)
    assert "remembers: User is allergic to shellfish. (relationship_event)" in told
    assert "feedback: none, 0" in told
    anchor = re.search(r"ANCHOR_ID=(\S+)", told)
    assert anchor
    again = {**services, "ANCHOR_ID": anchor[1]}
    answered = run(str(ASK), "What am I allergic to?", env=again)
    assert "recalled: ['User is allergic to shellfish.']" in answered
    assert "shellfish" in answered.split("recalled:")[1].split("]", 1)[1]
    assert "feedback: sent, 1" in answered
    assert "[m" not in answered


def test_the_program_writes_down_all_that_a_book_has_to() -> None:
    assert methods(Book) <= methods(ask_module().Notebook)


@together
def test_the_blocks_of_the_page_run(services: Env) -> None:
    client, ledger = fenced(text_of("docs/take-memory.md"), "python")
    assert "User keeps bees on a roof." in run("-c", client, env=services)
    names: dict[str, type] = {}
    exec(ledger, names)  # noqa: S102 -- our own page
    assert methods(Ledger) <= methods(names["Forgetting"])


def test_a_ledger_that_forgets_keeps_it_out_of_the_prompt() -> None:
    _, ledger = fenced(text_of("docs/take-memory.md"), "python")
    program = ledger + (
        "\nimport asyncio\nknown = asyncio.run(Forgetting({'a'}).known(['a', 'b']))"
        "\nprint([entry.state for entry in known.values()])"
    )
    assert run("-c", program, env={}).strip() == "['forgotten', 'live']"


@pytest.mark.xdist_group("scenarios-everyday")  # they have started the site
def test_the_commands_of_the_pages_run(site: Site) -> None:
    assert '"well": true' in site.manage("doctor", "--json")
    assert "Authorization: Bearer mk_maas_" in site.manage("maas_key", "my-app")
    assert "Removed 0 guests" in site.manage("remove_guests")
