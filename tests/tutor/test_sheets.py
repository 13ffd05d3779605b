"""Tables for spreadsheets: what a cell says is shown and not run."""

from __future__ import annotations

import csv
import io

import pytest

from tutor.sheets import as_csv, safe


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "  =1", "＝1", "\u200b=1", "\n=1"]
)
def test_a_formula_becomes_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


def test_numbers_words_and_nothing_stay_what_they_are() -> None:
    assert [safe(c) for c in (3, -0.5, None, "half = 1/2", "")] == [
        3,
        -0.5,
        "",
        "half = 1/2",
        "",
    ]


def test_a_table_reads_back_with_its_quotes_lines_and_letters() -> None:
    row = ['she said "256"\nand more', "서브넷", "a,b"]
    text = as_csv(["a", "b", "c"], [row])
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert read == [["a", "b", "c"], row]
