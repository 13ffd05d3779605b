"""What a recall answered is kept, so that feedback can be held against it.

What was asked is not: nothing needs it, and it is a person's words, which would stay
after all that they had deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from embedded.maas.access import Access
from embedded.maas.sql import rows

# One statement, and it does not wait for the disk: a crash of the database may cost
# the sessions of its last half second, whose feedback then finds no session.
INSERT = """
INSERT INTO maas_recallsession
    (id, workspace_id, caller_session, atom_ids, scores, created_at)
SELECT %s, %s, %s, %s::uuid[], %s::float8[], now()
FROM set_config('synchronous_commit', 'off', true)
"""


@dataclass(frozen=True)
class Item:
    """One recalled atom; `score` is in 0..1 and means the same in every answer."""

    atom_id: uuid.UUID
    content: str
    score: float

    def as_json(self) -> dict[str, Any]:
        """The documented shape."""
        return {
            "atom_id": str(self.atom_id),
            "content": self.content,
            "score": round(self.score, 4),
        }


def open_session(
    access: Access, items: list[Item], *, caller_session: str = ""
) -> uuid.UUID:
    """Record a recall; feedback may use the id, or the caller's own session id."""
    session_id = uuid.uuid4()
    values = [
        session_id,
        access.workspace_id,
        caller_session,
        # Spelt as PostgreSQL spells arrays: cheaper than adapting each element.
        _array(str(item.atom_id) for item in items),
        _array(f"{item.score:.6f}" for item in items),
    ]
    rows(INSERT, values)
    return session_id


def _array(elements: Iterable[str]) -> str:
    return "{" + ",".join(elements) + "}"
