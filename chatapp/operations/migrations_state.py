"""Whether the database has the tables that the code expects."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_complete = False  # once complete, a running process expects nothing newer


def missing_migrations() -> list[str]:
    """Names of the migrations that have not been applied. Raises DatabaseError."""
    global _complete
    if _complete:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _complete = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
