"""TOML with the lines in which its tables and keys stand.

The standard parser tells the line of a syntax error and nothing else; what is wrong
with the content of a table needs a line, too.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from tutor.content.problems import Report

_HEADER = re.compile(r"\[\[\s*([A-Za-z0-9_.-]+)\s*\]\]")
_KEY = re.compile(r'(?:([A-Za-z0-9_-]+)|"([^"\\]+)")\s*=')
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_DELIMITERS = ('"""', "'''")


@dataclass(frozen=True)
class Table:
    """One `[[name]]` of a file, or what stands above the first one."""

    file: str
    line: int
    values: dict[str, Any]
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line of a key, else that of the table's head."""
        return self.lines.get(key, self.line)


def tables(file: str, text: str, report: Report) -> dict[str, list[Table]]:
    """The arrays of tables of a file by name, its own keys under ""."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else len(text.splitlines())
        what = _AT_LINE.sub("", str(error)).strip()
        report.add(
            file, line, gettext("This is no valid TOML: %(what)s.") % {"what": what}
        )
        return {}
    except (RecursionError, ValueError):
        report.add(
            file, 0, gettext("This can not be read: too deep, or a number too long.")
        )
        return {}
    places = _places(text)
    result: dict[str, list[Table]] = {}
    plain: dict[str, Any] = {}
    for name, value in data.items():
        if (
            isinstance(value, list)
            and value
            and all(isinstance(v, dict) for v in value)
        ):
            for number, values in enumerate(value):
                line, lines = places.get((name, number), (0, {}))
                result.setdefault(name, []).append(Table(file, line, values, lines))
        else:
            plain[name] = value
    result[""] = [Table(file, 1, plain, places[("", 0)][1])]
    return result


def _places(text: str) -> dict[tuple[str, int], tuple[int, dict[str, int]]]:
    """Line and lines of keys of every table; inside of long strings nothing counts."""
    seen: Counter[str] = Counter()
    here: dict[str, int] = {}
    places: dict[tuple[str, int], tuple[int, dict[str, int]]] = {("", 0): (1, here)}
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        started = inside
        inside = _still_inside(line, inside)
        if started:
            continue
        stripped = line.strip()
        if found := _HEADER.match(stripped):
            here = {}
            places[(found[1], seen[found[1]])] = (number, here)
            seen[found[1]] += 1
        elif found := _KEY.match(stripped):
            here.setdefault(found[1] or found[2], number)
    return places


def _still_inside(line: str, inside: str) -> str:
    """The delimiter of the long string that is open at the end of the line."""
    rest = line
    while True:
        if inside:
            if inside not in rest:
                return inside
            rest, inside = rest.split(inside, 1)[1], ""
        else:
            first = min(
                (d for d in _DELIMITERS if d in rest), key=rest.find, default=""
            )
            if not first:
                return ""
            rest, inside = rest.split(first, 1)[1], first
