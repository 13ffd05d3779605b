"""A migrated, seeded database of its own for one measurement, with Django set up on it.

The embedded PostgreSQL with its usual, safe settings; gone without a trace afterwards.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from embedded.postgres import EmbeddedPostgres
from tests.harness.prepare import main as prepare


@contextmanager
def own_database() -> Iterator[None]:
    """Models can be imported inside; nothing of the real site's settings is used."""
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(
            prefix="anchorage-bench-", ignore_cleanup_errors=True
        )
        directory = Path(stack.enter_context(made))
        directory.chmod(0o755)  # as root, the database runs as a user of its own
        for name in ("DATABASE_URL", "REDIS_URL", "MAAS_BASE_URL", "OPENAI_BASE_URL"):
            os.environ.pop(name, None)
        os.environ["VAR_DIR"] = str(directory / "var")
        os.environ["DJANGO_SETTINGS_MODULE"] = "chatapp.settings"
        stack.enter_context(EmbeddedPostgres(directory / "var"))
        # In this process: whatever the machine is busy with, it is waited for.
        prepare()
        yield
        from django.db import connections

        for connection in connections.all():
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's has one
