"""What an HTTP status of the memory service means: from an answer to one of our errors.

The documented error body is `{"error": code, "message": text}`; a page of HTML, garbage
or nothing at all in its place changes only the wording, never the class.
"""

from __future__ import annotations

import json
import re

from memory.discretion import error_code, quotable
from memory.errors import (
    AccessDenied,
    BadMemoryRequest,
    BillingBlocked,
    KeyRefused,
    MemoryAPIError,
    MemoryNotFound,
    MemoryProtocolError,
    MemoryRateLimited,
    MemoryRejected,
    MemoryUnavailable,
)

REJECTIONS: dict[int, type[MemoryRejected]] = {
    400: BadMemoryRequest,
    401: AccessDenied,
    402: BillingBlocked,
    403: AccessDenied,
    404: MemoryNotFound,
}
"""By status; any other 4xx is a plain `MemoryRejected`."""

ABOUT_THE_KEY = re.compile(r"\b(api[ _-]?key|invalid key|workspace)", re.IGNORECASE)
"""In the message of a 400: the documentation has no status of its own for a bad key."""

NOTHING_DONE = frozenset({408, 429, 503})
"""The service says that it did not take the call, so a write surely did not happen."""


def error_for(
    call: str,
    status: int,
    body: bytes,
    *,
    sent: object,
    secret: str,
    is_write: bool,
    retry_after: float | None,
) -> MemoryAPIError:
    """The error for an answer that is no success; `call` says to which call."""
    code, message = _documented(body, sent=sent, secret=secret)
    about = " ".join(filter(None, (f"HTTP {status}", code)))
    detail = f"{call}: {about}" + (f": {message}" if message else "")
    if status == 429:
        return MemoryRateLimited(detail, retry_after=retry_after)
    if status == 408 or status >= 500:
        return MemoryUnavailable(
            detail,
            retry_after=retry_after,
            outcome_unknown=is_write and status not in NOTHING_DONE,
            user_message=(
                "The memory service is having trouble. It will be tried again."
            ),
        )
    if status >= 400:
        rejection = REJECTIONS.get(status, MemoryRejected)
        if status == 400 and ABOUT_THE_KEY.search(message):
            rejection = KeyRefused
        return rejection(detail, status=status, code=code, message=message)
    hint = "; is the base URL right?" if 300 <= status < 400 else ""
    return MemoryProtocolError(f"{call}: HTTP {status} is no documented answer{hint}")


def _documented(body: bytes, *, sent: object, secret: str) -> tuple[str, str]:
    """The `error` and `message` fields, "" for what may not be quoted."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    message = quotable(answer.get("message"), sent=sent, secrets=(secret,))
    return error_code(answer.get("error")), message
