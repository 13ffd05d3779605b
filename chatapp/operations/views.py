"""Whether the site can serve, for load balancers, supervisors and `make demo`."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatapp.conversations.draining import DRAIN
from chatapp.operations.migrations_state import missing_migrations
from chatapp.operations.page import memory_state

UNAVAILABLE = 503


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and is migrated, else 503 with the failing part.

    503 also while this process leaves: it takes no new messages then.

    `memory` is ok, away (the circuit breaker of this process is open) or paused (the
    account is blocked, or its key refused): the site serves all the same.
    """
    database, migrations, memory = _look()
    well = database == migrations == "ok"
    status = "ok" if well else "unavailable"
    if DRAIN.begun:
        well, status = False, "draining"
    return JsonResponse(
        {
            "status": status,
            "database": database,
            "migrations": migrations,
            "memory": memory,
        },
        status=200 if well else UNAVAILABLE,
    )


def _look() -> tuple[str, str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        missing = missing_migrations()
        memory = "unknown" if missing else memory_state()
    except DatabaseError:
        # Which error it was stands in the log of the database, not on a public page.
        return "does not answer", "unknown", "unknown"
    return "ok", f"{len(missing)} missing" if missing else "ok", memory
