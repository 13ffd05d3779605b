"""Everything that can go wrong upstream, for the person and for the operator.

Our exception hierarchy:

* AnchorageError
  x MemoryAPIError                  the memory service
    + MemoryUnavailable             try again later: connection, time-out, 5xx
      - MemoryRateLimited           429
      - MemoryAway                  not asked: the circuit breaker is open
    + MemoryRejected                4xx: the same call will fail again
      - BadMemoryRequest            400
      - BillingBlocked              402
      - AccessDenied                403 (and 401)
        . KeyRefused                400 that complains of the key or the workspace
      - MemoryNotFound              404
    + MemoryProtocolError           the answer is not as documented
  x ModelError                      the language model
    + ModelUnavailable              try again later: connection, 5xx, 429
      - ModelTimeout                one of our four watchdogs
    + ModelRejected                 4xx: the same call will fail again
    + ModelProtocolError            an HTML page, bad events, bad JSON, no text
    + ModelInterrupted              the reply broke off after it had begun
    + ReplyWithheld                 it said what it must not, and is not shown

Each class answers three questions of a caller: may I try again, whose fault is it, and
what do I tell the person (`user_message`). `str(exc)` is for the operator: which call,
which status, where. Neither ever holds a key or a word that somebody wrote. Foreign
exceptions are translated in one place for each library: httpx in `client.py`, openai
and httpx2 in `llm.py`.

Every argument but the first has a default, so that the exceptions can be copied and
pickled.
"""

from __future__ import annotations


class AnchorageError(Exception):
    """Base class. `user_message`: in plain sentences, what happened, what to do."""

    default_user_message = "Something went wrong. Try again in a moment."

    def __init__(self, detail: str, *, user_message: str | None = None) -> None:
        super().__init__(detail)
        self.user_message = user_message or self.default_user_message


class MemoryAPIError(AnchorageError):
    """The memory service could not be used for this call."""

    default_user_message = (
        "The memory service could not be used. Replies go on without memory."
    )


class MemoryUnavailable(MemoryAPIError):
    """The service is away, slow or in trouble; the same call may succeed later.

    `retry_after` is the number of seconds that the service asked to wait, if it said.
    `outcome_unknown` is true when the call was a write that may have happened all the
    same, so that it must be looked for before it is repeated.
    """

    default_user_message = (
        "The memory service cannot be reached right now. It will be tried again."
    )

    def __init__(
        self,
        detail: str,
        *,
        retry_after: float | None = None,
        outcome_unknown: bool = False,
        user_message: str | None = None,
    ) -> None:
        super().__init__(detail, user_message=user_message)
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown


class MemoryRateLimited(MemoryUnavailable):
    """429 `rate_limited`: too many calls for this key; nothing was done."""

    default_user_message = (
        "The memory service is busy right now. It will be tried again in a moment."
    )


class MemoryAway(MemoryUnavailable):
    """Not even asked: it failed to answer several times in a row a moment ago."""

    default_user_message = (
        "The memory service is away right now. It will be tried again."
    )


class MemoryRejected(MemoryAPIError):
    """A 4xx answer: the same call cannot succeed, so it is never repeated by itself.

    `status` is the HTTP status, `code` and `message` the documented `error` and
    `message` fields ("" when the service sent none; `message` is withheld where it
    repeats what was sent).
    """

    default_user_message = (
        "The memory service refused this request. "
        "If it happens again, tell the operator of this site."
    )
    default_status = 400

    def __init__(
        self,
        detail: str,
        *,
        status: int | None = None,
        code: str = "",
        message: str = "",
        user_message: str | None = None,
    ) -> None:
        super().__init__(detail, user_message=user_message)
        self.status = self.default_status if status is None else status
        self.code = code
        self.message = message


class BadMemoryRequest(MemoryRejected):
    """400 `bad_request`: a malformed body. See `KeyRefused` for the other reasons.

    Also raised, without a call, for text that no JSON body can carry.
    """


class BillingBlocked(MemoryRejected):
    """402 `billing_access_blocked`: work waits until the account is active again."""

    default_user_message = (
        "Memory is paused: the site's memory account needs its operator's attention. "
        "Nothing is lost, and saving goes on once the account is active."
    )
    default_status = 402


class AccessDenied(MemoryRejected):
    """403 `forbidden`: this key may not use this workspace; 401 counts too."""

    default_user_message = (
        "The memory service does not admit this site. "
        "Its operator has to check the connection."
    )
    default_status = 403


class KeyRefused(AccessDenied):
    """400 whose message names the key or the workspace: no call will succeed."""

    default_status = 400


class MemoryNotFound(MemoryRejected):
    """404 `not_found`: no such anchor or recall session."""

    default_user_message = "This memory does not exist any more at the memory service."
    default_status = 404


class MemoryProtocolError(MemoryAPIError):
    """The service answered, but not as documented; the text names the field."""

    default_user_message = (
        "The memory service gave an answer that this site does not understand. "
        "If it happens again, tell the operator of this site."
    )


class ModelError(AnchorageError):
    """The language model could not be used for this call."""

    default_user_message = "The model could not answer. Try again in a moment."


class ModelUnavailable(ModelError):
    """The model is away, busy or in trouble. `retry_after`: seconds, if it said."""

    default_user_message = (
        "The model cannot be reached right now. Try again in a moment."
    )

    def __init__(
        self,
        detail: str,
        *,
        retry_after: float | None = None,
        user_message: str | None = None,
    ) -> None:
        super().__init__(detail, user_message=user_message)
        self.retry_after = retry_after


class ModelTimeout(ModelUnavailable):
    """A watchdog ran out. `phase` is connect, first_token, between_tokens or total."""

    default_user_message = "The model did not answer in time. Try again in a moment."

    def __init__(
        self,
        detail: str,
        *,
        phase: str = "total",
        retry_after: float | None = None,
        user_message: str | None = None,
    ) -> None:
        super().__init__(detail, retry_after=retry_after, user_message=user_message)
        self.phase = phase


class ModelRejected(ModelError):
    """A 4xx answer of the provider; `status` is the HTTP status."""

    default_user_message = (
        "The model refused this request. "
        "Shorten or rephrase the message, then send it again."
    )

    def __init__(
        self, detail: str, *, status: int = 400, user_message: str | None = None
    ) -> None:
        super().__init__(detail, user_message=user_message)
        self.status = status


class ModelProtocolError(ModelError):
    """The provider answered with something that is not a reply."""

    default_user_message = "The model gave no readable answer. Try again in a moment."


class ModelInterrupted(ModelError):
    """The reply broke off after it had begun; what was shown so far is all there is."""

    default_user_message = (
        "The connection to the model broke while it was answering. "
        "Continue or regenerate the reply."
    )


class ReplyWithheld(ModelError):
    """The reply said, twice, what the caller does not let it say; nothing was shown."""

    default_user_message = (
        "This reply was not fit to be shown. Regenerate it, or write another message."
    )
