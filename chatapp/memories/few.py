"""The first memories of each type: as many rows are read for ten thousand as for some.

Per scope and type the index has them in the order of the page, so each type's are read
one after the other until there are enough. Types are found by leaping from one to the
next in the same index. Numbers are counted up to `MOST_COUNTED`, and then it is "more".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from chatapp.memories.ledger import REPLACED, SEEN
from chatapp.pipeline import Asked

MOST_COUNTED = 100
ORDER = "pinned DESC, created_at DESC, id DESC"
LISTED = f"""
    SELECT atom.id, atom.pinned, atom.created_at FROM memories_atom AS atom
    WHERE atom.anchor_id = kind.anchor_id AND atom.atom_type = kind.atom_type
      AND atom.state IN ('pending', 'saved', 'failed')
      AND {SEEN} AND NOT {REPLACED}
"""
# min() takes the first entry of the index, so that a type costs one look at it.
KINDS = """
    WITH RECURSIVE kind (anchor_id, atom_type) AS (
        SELECT anchor.id, (SELECT min(atom_type) FROM memories_atom AS atom
                           WHERE atom.anchor_id = anchor.id)
        FROM memories_anchor AS anchor
        WHERE anchor.user_id = %(user)s
          AND anchor.id = coalesce(%(anchor)s::uuid, anchor.id)
        UNION ALL
        SELECT kind.anchor_id, (SELECT min(atom_type) FROM memories_atom AS atom
                                WHERE atom.anchor_id = kind.anchor_id
                                  AND atom.atom_type > kind.atom_type)
        FROM kind WHERE kind.atom_type IS NOT NULL
    )
"""
FIRST = f"""
    {KINDS}, few AS (
        SELECT kind.atom_type, listed.* FROM kind CROSS JOIN LATERAL (
            {LISTED} ORDER BY {ORDER} LIMIT %(most)s
        ) AS listed WHERE kind.atom_type IS NOT NULL
    ), placed AS (
        SELECT id, atom_type,
               row_number() OVER (PARTITION BY atom_type ORDER BY {ORDER}) AS place,
               count(*) OVER (PARTITION BY atom_type) AS counted
        FROM few
    )
    SELECT id, counted FROM placed WHERE place <= %(shown)s ORDER BY place, atom_type
"""
BEHIND = "(atom.pinned, atom.created_at, atom.id) < (%(pinned)s, %(at)s, %(id)s::uuid)"
NEXT = f"""
    SELECT listed.id FROM (
        SELECT id AS anchor_id, %(kind)s::text AS atom_type FROM memories_anchor
        WHERE user_id = %(user)s AND id = coalesce(%(anchor)s::uuid, id)
    ) AS kind CROSS JOIN LATERAL (
        {LISTED} AND {BEHIND} ORDER BY {ORDER} LIMIT %(most)s
    ) AS listed ORDER BY {ORDER} LIMIT %(most)s
"""


@dataclass(frozen=True)
class Place:
    """Where in the order of the page an atom stands."""

    pinned: bool
    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{int(self.pinned)}_{self.at.isoformat()}_{self.id}"

    @classmethod
    def of(cls, text: str) -> Place | None:
        """The place that `str` wrote; None for anything else."""
        pinned, _, rest = text.partition("_")
        at, _, pk = rest.partition("_")
        try:
            when = parse_datetime(at)
            if when is None or when.tzinfo is None or pinned not in {"0", "1"}:
                return None
            return cls(pinned == "1", when, UUID(pk))
        except ValueError:
            return None


def first(
    user_id: int, anchor_id: UUID | None, hidden: Sequence[UUID], shown: int
) -> dict[UUID, int]:
    """The first `shown` atoms of each type, each with how many there are of its type.

    Of all scopes of this person, or of one; `MOST_COUNTED` stands for that many or more.
    """
    values = _values(user_id, anchor_id, hidden) | {
        "most": MOST_COUNTED,
        "shown": shown,
    }
    rows = Asked(FIRST, values).all()
    return {pk: min(counted, MOST_COUNTED) for pk, counted in rows}


def behind(
    user_id: int,
    anchor_id: UUID | None,
    hidden: Sequence[UUID],
    kind: str,
    place: Place,
    most: int,
) -> list[UUID]:
    """The atoms of one type that come behind that place, `most` of them, in order."""
    values = _values(user_id, anchor_id, hidden) | {
        "kind": kind,
        "pinned": place.pinned,
        "at": place.at,
        "id": place.id,
        "most": most,
    }
    return [row[0] for row in Asked(NEXT, values).all()]


def _values(
    user_id: int, anchor_id: UUID | None, hidden: Sequence[UUID]
) -> dict[str, Any]:
    return {"user": user_id, "anchor": anchor_id, "hidden": list(hidden)}
