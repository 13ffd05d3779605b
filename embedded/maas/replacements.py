"""Which rows of an index were replaced by a later one.

The caller says so: `metadata.supersedes` of the new atom names the old one's id, or
several. Nothing is removed: what was true once stays recallable, below what is true now.
"""

from __future__ import annotations

import re
import uuid

ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


def ids_in(text: str) -> list[uuid.UUID]:
    """The atom ids that a `supersedes` names, given as JSON text or plain text."""
    return [uuid.UUID(found) for found in ID.findall(text.lower())]


class Replacements:
    """What the rows of an index say they replace, as pairs of an old id and a row."""

    def __init__(self) -> None:
        self._rows: dict[uuid.UUID, int] = {}

    def add(self, row: int, supersedes: str) -> None:
        """Row `row` replaces the atoms that `supersedes` names."""
        for old in ids_in(supersedes):
            self._rows[old] = row

    def pairs(self) -> list[tuple[uuid.UUID, int]]:
        """Old ids and the rows that replaced them; an old atom may be unknown."""
        return list(self._rows.items())

    def __len__(self) -> int:
        return len(self._rows)
