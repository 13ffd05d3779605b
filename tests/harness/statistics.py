"""Statistics of tables that a test has filled."""

from __future__ import annotations

from django.db import connection


def gather() -> None:
    """What PostgreSQL does by itself, within a minute, when tables have grown.

    Without it a statement may keep the plan that it was prepared with for empty tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
