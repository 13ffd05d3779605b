"""Runs the few statements of the hot path with answers in binary.

Their texts are fixed, so that a connection prepares them once it has seen them a few
times: planning the joins of a key's look-up costs more than running them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection


def rows(
    statement: LiteralString, values: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """All rows of a statement on this thread's connection, in its transaction if any.

    Raises psycopg's errors, not Django's.
    """
    connection.ensure_connection()
    raw = connection.connection
    with psycopg.Cursor(raw) as cursor:
        # Binary: vectors would otherwise come as text twice their size.
        cursor.execute(statement, values, binary=True)
        return cursor.fetchall() if cursor.description else []
