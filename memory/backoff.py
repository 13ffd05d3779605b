"""When to try again: full-jitter exponential backoff, and what `Retry-After` asks for.

Used by `client.py` between its attempts; `llm.py` only reads the header. Pure
functions: the caller brings the random number and the time.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_CEILING = 0.25
"""Seconds: the longest wait before attempt two; doubles from there on."""

LAST_CEILING = 8.0
"""Seconds: the doubling stops here."""

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def backoff_delay(attempt: int, chance: float, retry_after: float | None) -> float:
    """Seconds to wait after attempt number `attempt` (from 1) has failed.

    `chance` is a random number in [0, 1). Full jitter: anything from nothing up to the
    ceiling, so that many clients do not come back at the same moment, but never before
    `retry_after`.
    """
    ceiling = min(LAST_CEILING, FIRST_CEILING * 2.0 ** min(attempt - 1, 16))
    return max(ceiling * chance, retry_after or 0.0)


def parse_retry_after(
    value: str | None, *, now: datetime | None = None
) -> float | None:
    """Seconds that a `Retry-After` header asks to wait; None if it says nothing.

    Both forms of RFC 9110 section 10.2.3: a number of seconds (a fraction is tolerated)
    and an HTTP date, counted from `now`; a date in the past means 0.
    """
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return max(0.0, math.ceil(seconds))
