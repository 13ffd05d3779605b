"""The documentation as text, and the parts of it that can be checked."""

from __future__ import annotations

import re
from pathlib import Path

from tests.harness.processes import PROJECT

PAGES = sorted([PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")])
"""Every page for readers. The changelog speaks of the past, too."""

NAMES = [page.relative_to(PROJECT).as_posix() for page in PAGES]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


def text_of(name: str) -> str:
    """A page, by its path in the project."""
    return (PROJECT / name).read_text(encoding="utf-8")


def fenced(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [code for kind, code in _FENCE.findall(text) if kind == language]


def rows(text: str, *, after: str) -> list[list[str]]:
    """The cells of the first table after a heading, without its head."""
    table = text.split(f"\n{after}\n", 1)[1].split("\n#", 1)[0]
    found = [[cell.strip() for cell in row.split("|")] for row in _ROW.findall(table)]
    return found[2:]


def top_level() -> set[str]:
    """Names of the project's own directories."""
    hidden = {".git", ".venv", ".venv-memory"}
    return {path.name for path in Path(PROJECT).iterdir() if path.is_dir()} - hidden
