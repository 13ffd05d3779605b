"""What is wrong with the files of a course, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST = 500
"""Problems that are kept: a file that is wrong everywhere is told in so many."""


@dataclass(frozen=True, order=True)
class Problem:
    """One error. `line` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}" if where else self.message


@dataclass
class Report:
    """The problems found so far, in the order in which they are read: file, line."""

    found: set[Problem] = field(default_factory=set)

    def add(self, file: str, line: int, message: str) -> None:
        """Note a problem, once."""
        if len(self.found) < MOST:
            self.found.add(Problem(file, line, message))

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self.found))

    def __len__(self) -> int:
        return len(self.found)
