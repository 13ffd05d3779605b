"""Writes the rows of a turn's steps and verdicts, in one statement each.

Every turn closes six steps, and the ORM takes six statements for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from chatapp.memories.models import StepStatus
from chatapp.pipeline import tell
from memory.evaluate import AtomVerdict

COLUMNS = "record_id, name, status, ms, detail, updated_at"
AGAIN = """
    ON CONFLICT (record_id, name) DO UPDATE
    SET status = excluded.status, ms = excluded.ms, detail = excluded.detail,
        updated_at = excluded.updated_at
"""
CLOSE = f"""
    INSERT INTO memories_turnstep ({COLUMNS}, cause)
    VALUES (%(record)s, %(name)s, %(status)s, %(ms)s, %(detail)s, now(), %(cause)s)
    {AGAIN}, cause = excluded.cause
"""
JUDGE = """
    UPDATE memories_turnatom AS atom
    SET cited = judged.cited, used = judged.used, verified = judged.verified,
        support = judged.support, verdict = judged.verdict,
        restraint = judged.restraint
    FROM unnest(%(ids)s::text[], %(cited)s::bool[], %(used)s::bool[],
                %(verified)s::bool[], %(support)s::float8[], %(verdict)s::text[],
                %(restraint)s::bool[])
         AS judged (id, cited, used, verified, support, verdict, restraint)
    WHERE atom.record_id = %(record)s AND atom.maas_id = judged.id
"""


def close(
    record_id: int,
    name: str,
    status: StepStatus,
    detail: str = "",
    *,
    cause: str = "",
    ms: float | None = None,
) -> None:
    """Say where a step of this turn stands, whatever was said before.

    `detail` is for the person, `cause` for an operator.
    """
    values = {
        "record": record_id,
        "name": name,
        "status": status.value,
        "ms": ms,
        "detail": detail,
        "cause": cause,
    }
    tell(CLOSE, values)


def judge(record_id: int, atoms: Sequence[AtomVerdict]) -> None:
    """Write what became of each injected atom of this turn."""
    if not atoms:
        return
    values = {
        "record": record_id,
        "ids": [atom.atom_id for atom in atoms],
        "cited": [atom.cited for atom in atoms],
        "used": [atom.used for atom in atoms],
        "verified": [atom.verified for atom in atoms],
        "support": [atom.support for atom in atoms],
        "verdict": [atom.reason for atom in atoms],
        "restraint": [atom.restraint for atom in atoms],
    }
    tell(JUDGE, values)
