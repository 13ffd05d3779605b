"""The documented errors of the memory API, raised anywhere below a view.

MaasError
* BadRequest       400 bad_request             key, header or body
* BillingBlocked   402 billing_access_blocked
  * BillingPaused                              of a checkout
* Forbidden        403 forbidden
* NotFound         404 not_found
* MethodNotAllowed 405 method_not_allowed      not documented; HTTP's own meaning
* RateLimited      429 rate_limited            with Retry-After
* PriceMissing     500 internal_error          of a checkout, as documented
"""

from __future__ import annotations


class MaasError(Exception):
    """An answer of the form `{"error": code, "message": text}`."""

    status = 500
    code = "internal_error"
    message = "the memory service failed"

    def __init__(
        self, message: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message or self.message)
        self.headers = headers or {}


class BadRequest(MaasError):
    """The caller has to change the request; nothing was stored."""

    status, code, message = 400, "bad_request", "the request is malformed"


class BillingBlocked(MaasError):
    """The tenant's billing is switched to blocked."""

    status, code = 402, "billing_access_blocked"
    message = "runtime access is blocked for this billing account"


class BillingPaused(BillingBlocked):
    """No checkout can be opened at the moment."""

    message = "billing is paused for this service"


class Forbidden(MaasError):
    """The key's policy denies, or the workspace is not one of the key's."""

    status, code = 403, "forbidden"
    message = "runtime access denied by access policy"


class NotFound(MaasError):
    """Nothing of this id in this workspace, whatever other tenants have."""

    status, code, message = 404, "not_found", "not found"


class MethodNotAllowed(MaasError):
    """The path exists, for another method."""

    status, code = 405, "method_not_allowed"
    message = "this path does not answer that method"


class RateLimited(MaasError):
    """Too many requests with this key in this workspace."""

    status, code, message = 429, "rate_limited", "too many requests"


class PriceMissing(MaasError):
    """Whoever runs the service has not set a price."""

    message = "Stripe price configuration is missing"
