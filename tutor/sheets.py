"""Tables as CSV that a spreadsheet shows and does not run.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which the
program swallows. So in CSV, and only there, such a quote is one character longer than
what was said.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int | float | None


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table with a byte order mark, by which spreadsheets know UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe(cell: Cell) -> str | int | float:
    """The cell as it may be opened; numbers stay numbers."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    begins = cell.lstrip(" \u00a0\ufeff\u200b")
    return f"'{cell}" if begins.startswith(FORMULA) else cell
