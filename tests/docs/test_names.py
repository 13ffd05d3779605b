"""What the documentation names exists: files, links, make targets, commands, packages."""

from __future__ import annotations

import re
import subprocess
import tomllib
from urllib.parse import unquote

import pytest
from django.core.management import get_commands

from tests.docs.pages import NAMES, rows, text_of, top_level
from tests.harness.processes import PROJECT

_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"")
_PATH = re.compile(r"(?<![\w./:~-])(\.?[\w-]+(?:/[\w.-]+)+/?|[\w-]+/(?=[\s`,.)]))")
_FILE = re.compile(r"(?<![\w./-])(\w+\.(?:py|js|toml|html|lock))\b")
MADE_WHEN_RUNNING = {"tests/docs"}
LIMIT_BYTES = 200_000


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    links = ["".join(found) for found in _LINK.findall(text_of(name))]
    local = [link for link in links if "://" not in link]
    page = PROJECT / name
    missing = [u for u in local if not (page.parent / unquote(u)).exists()]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_every_path_exists(name: str) -> None:
    ours = top_level()
    found = {path.rstrip(".,") for path in _PATH.findall(text_of(name))}
    paths = {path for path in found if path.split("/")[0] in ours - {"var"}}
    here = (PROJECT, (PROJECT / name).parent)
    missing = [p for p in paths if not any((root / p).exists() for root in here)]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_every_file_named_without_a_path_exists(name: str) -> None:
    bare = set(_FILE.findall(text_of(name)))
    missing = [file for file in bare if not any(PROJECT.glob(f"*/**/{file}"))]
    assert [file for file in missing if not (PROJECT / file).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_exists(name: str) -> None:
    makefile = text_of("Makefile")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = set(
        re.findall(
            r"(?:`|^)(?:\w+=\S+ )*make (?:-C \w+ )?([a-z-]+)",
            text_of(name),
            re.MULTILINE,
        )
    )
    assert named <= targets


@pytest.mark.parametrize("name", NAMES)
def test_every_management_command_exists(name: str) -> None:
    text = " ".join(text_of(name).split())
    named = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert named <= get_commands().keys()


def test_every_package_has_its_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    required = project["project"]["dependencies"]
    wanted = {re.split(r"[^\w-]", line)[0] for line in required}
    table = rows(text_of("docs/architecture.md"), after="## Dependencies")
    assert {name.strip("`") for name, _ in table} == wanted
    assert all(reason for _, reason in table)


def test_every_package_for_development_is_named() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    wanted = {re.split(r"[^\w-]", p)[0] for p in project["dependency-groups"]["dev"]}
    text = text_of("docs/architecture.md").split("For development:")[1]
    missing = [p for p in wanted if f"`{p}`" not in text and p[:6] != "types-"]
    assert not missing


def test_the_modules_of_a_step_are_the_ones_the_turn_calls() -> None:
    turn_map = text_of("README.md").split("## One turn, file by file")[1]
    steps = re.findall(
        r"^from memory\.(\w+) import", text_of("memory/turn.py"), re.MULTILINE
    )
    on_the_map = set(re.findall(r"memory/(\w+)\.py", turn_map.split("## ")[0]))
    said_elsewhere = {"errors", "taxonomy"}
    assert set(steps) - said_elsewhere <= on_the_map


def test_pictures_are_small() -> None:
    pictures = list((PROJECT / "docs/images").iterdir())
    assert pictures
    assert [p.name for p in pictures if p.stat().st_size >= LIMIT_BYTES] == []


def test_no_page_names_a_place_of_one_machine() -> None:
    for name in [*NAMES, "CHANGELOG.md", "docs/examples/ask.py"]:
        assert not re.search(r"/(root|home|tmp|work)/", text_of(name)), name


def test_the_changelog_keeps_its_form() -> None:
    text = text_of("CHANGELOG.md")
    headings = re.findall(r"^#{2,3} (.+)$", text, re.MULTILINE)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    versions = [h for h in headings if h not in kinds]
    assert versions[0] == "[Unreleased]"
    assert all(
        re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", v) for v in versions[1:]
    )


def test_make_help_lists_what_the_pages_name() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = rows(text_of("docs/operations.md"), after="## On one machine")
    for targets, _ in commands:
        for target in re.findall(r"make ([a-z-]+)", targets):
            assert f"make {target} " in shown
