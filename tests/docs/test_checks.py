"""Every numbered check of the tutor is held by the tests that its page names."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import text_of
from tests.harness.processes import PROJECT

PAGE = "docs/tutor-checks.md"
CHECKS = 30
_ROW = re.compile(r"^\| (\d+) \|.*\| ([^|]+) \|$", re.MULTILINE)
_NAMED = re.compile(r"\bChecks? ((?:\d+(?:, | and )?)+)")


def held_by() -> dict[int, list[str]]:
    """The files that the page names for each number."""
    return {
        int(number): re.findall(r"`([^`]+)`", files)
        for number, files in _ROW.findall(text_of(PAGE))
    }


def test_the_page_has_every_number() -> None:
    assert list(held_by()) == list(range(1, CHECKS + 1))


@pytest.mark.parametrize(
    ("number", "file"),
    [(number, file) for number, files in held_by().items() for file in files],
)
def test_the_file_names_the_number(number: int, file: str) -> None:
    text = (PROJECT / "tests/tutor" / file).read_text(encoding="utf-8")
    named = {
        int(found)
        for list_ in _NAMED.findall(text)
        for found in re.findall(r"\d+", list_)
    }
    assert number in named
