"""How many rows of tables a page has read, as PostgreSQL counts them.

A time depends on the machine and on who else is busy on it; rows and statements do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Of this transaction, so inside a test's: rows of whole tables, and by index.
READ = """
    SELECT coalesce(sum(seq_tup_read), 0) + coalesce(sum(idx_tup_fetch), 0)
    FROM pg_stat_xact_user_tables
"""


@dataclass
class Read:
    """What was read: set when the block has ended."""

    statements: int = 0
    rows: int = 0


@contextmanager
def rows_read() -> Iterator[Read]:
    """Count inside the block; needs a test in one transaction."""
    found = Read()

    def counted(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> object:
        found.statements += 1
        return execute(sql, params, many, context)

    before = _so_far()
    with connection.execute_wrapper(counted):
        yield found
    found.rows = _so_far() - before


def _so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])
