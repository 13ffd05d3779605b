"""A database connection of one's own, outside the pool: to listen, or to hold a lock.

Autocommit, and the caller's until it closes it. Behind a pooler that hands connections
out by the transaction neither would work.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

OF_DJANGO = ("pool", "cursor_factory", "context", "prepare_threshold")
"""What Django adds to the parameters for its own connections."""


async def connect() -> psycopg.AsyncConnection[Any]:
    """Open one to the site's database. Raises psycopg.Error."""
    params = connection.get_connection_params()
    for name in OF_DJANGO:
        params.pop(name, None)
    return await psycopg.AsyncConnection.connect(autocommit=True, **params)
