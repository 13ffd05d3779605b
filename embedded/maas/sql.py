"""Runs the few statements of the hot path as prepared ones.

Django sends every statement as text, planned anew each time; planning the joins of a
key's look-up costs more than running them. Only for statements with a fixed text.
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
    raw.prepare_threshold = 0  # Django switches prepared statements off
    with psycopg.Cursor(raw) as cursor:
        # Binary: vectors would otherwise come as text twice their size.
        cursor.execute(statement, values, prepare=True, binary=True)
        return cursor.fetchall() if cursor.description else []
