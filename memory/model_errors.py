"""What a model provider's HTTP status means: from an answer to our error."""

from __future__ import annotations

from collections.abc import Callable

from memory.discretion import error_code
from memory.errors import (
    ModelError,
    ModelProtocolError,
    ModelRejected,
    ModelUnavailable,
)

MISCONFIGURED = (
    "The site's connection to its model is misconfigured. "
    "Its operator has to look at it."
)
UNKNOWN_MODEL = (
    "The model that this site is set to use does not exist. "
    "Its operator has to look at it."
)
NO_CREDIT = (
    "The site's model account has no credit left. Its operator has to look at it."
)
BUSY = "The model is busy right now. Try again in a moment."
TROUBLE = "The model's provider is having trouble. Try again in a moment."

PASSING = frozenset({408, 409, 425, 429})
"""4xx that say "later", not "never"."""

REJECTIONS = {
    401: MISCONFIGURED,
    402: NO_CREDIT,
    403: MISCONFIGURED,
    404: UNKNOWN_MODEL,
}


def model_error_for(
    call: str,
    status: int,
    *,
    code: str = "",
    message: str = "",
    retry_after: float | None = None,
) -> ModelError:
    """The error for an answer; `code` and `message` must be fit to be quoted."""
    about = " ".join(filter(None, (f"HTTP {status}", code)))
    detail = f"{call}: {about}" + (f": {message}" if message else "")
    if status in PASSING or status >= 500:
        user_message = TROUBLE
        if code == "insufficient_quota":
            user_message = NO_CREDIT
        elif status == 429:
            user_message = BUSY
        return ModelUnavailable(
            detail, retry_after=retry_after, user_message=user_message
        )
    if status >= 400:
        return ModelRejected(detail, status=status, user_message=REJECTIONS.get(status))
    return ModelProtocolError(f"{detail} is no answer; is the base URL right?")


def describe(body: object, quote: Callable[[object], str]) -> tuple[str, str]:
    """(code, message) of a provider's `error` object, as far as it may be quoted."""
    if not isinstance(body, dict):
        return "", quote(body)
    code = error_code(body.get("code")) or error_code(body.get("type"))
    return code, quote(body.get("message"))
