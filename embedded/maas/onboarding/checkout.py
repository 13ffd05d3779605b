"""`POST /api/v1/billing/maas/checkout-session`: an order, open until it is paid."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from embedded.maas.body import Body
from embedded.maas.bucket import Buckets
from embedded.maas.errors import BadRequest, BillingPaused, PriceMissing, RateLimited
from embedded.maas.models import CheckoutSession

CONTRACT_VERSION = "2026-03-01"
PRICING_MODELS = ("enterprise_usage",)
SERVICE_SOURCES = ("enterprise-tutor", "maas-enterprise")
MAX_COMPANY = 200
MAX_EMAIL = 320
# No control characters, which not every language's \s covers.
EMAIL = re.compile(r"[^\s@\x00-\x20]+@[^\s@\x00-\x20]+\.[^\s@\x00-\x20]+")
PAGES = "/billing/maas/"
# Anybody may order, so that a loop from one address is stopped.
ORDERS = Buckets()
ORDERS_PER_SECOND = 2.0
ORDERS_AT_ONCE = 60


def create_session(request: HttpRequest, body: Body) -> dict[str, Any]:
    """Open an order and say where it is paid; nothing is provisioned yet.

    `MAAS_CHECKOUT` makes the documented failures appear: 402 while billing is paused,
    500 while no price is configured.
    """
    wait = ORDERS.take(
        request.META.get("REMOTE_ADDR", ""),
        rate=ORDERS_PER_SECOND,
        burst=ORDERS_AT_ONCE,
    )
    if wait:
        raise RateLimited(headers={"Retry-After": str(wait)})
    order = {
        "company_name": body.required_text("company_name", limit=MAX_COMPANY).strip(),
        "admin_email": _email(body),
        "pricing_model": _one_of(body, "pricing_model", PRICING_MODELS),
        "service_source": _one_of(body, "service_source", SERVICE_SOURCES),
    }
    if settings.MAAS_CHECKOUT == "paused":
        raise BillingPaused
    if settings.MAAS_CHECKOUT == "unpriced":
        raise PriceMissing
    session = CheckoutSession.objects.create(
        id=f"cs_test_{secrets.token_urlsafe(24)}", **order
    )
    pages = origin(request) + PAGES
    return {
        "checkout_session_id": session.id,
        "url": f"{pages}pay/{session.id}",
        # As documented: whoever opens it puts the id in, as the payment provider does.
        "success_url": f"{pages}success?checkout_session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{pages}cancel",
        "service_source": session.service_source,
        "pricing_model": session.pricing_model,
        "contract_version": CONTRACT_VERSION,
    }


def origin(request: HttpRequest) -> str:
    """The address that people type, without a path: PUBLIC_URL, else the request's."""
    if settings.PUBLIC_URL:
        parts = urlsplit(settings.PUBLIC_URL)
        return f"{parts.scheme}://{parts.netloc}"
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:  # called in process, under a name that nobody types
        return f"http://{settings.HOST}:{settings.PORT}"


def _email(body: Body) -> str:
    value = body.required_text("admin_email", limit=MAX_EMAIL)
    if not EMAIL.fullmatch(value):
        raise BadRequest("admin_email is not an e-mail address")
    return value


def _one_of(body: Body, name: str, allowed: tuple[str, ...]) -> str:
    value = body.required_text(name)
    if value not in allowed:
        msg = f"{name} must be {' or '.join(allowed)}"
        raise BadRequest(msg)
    return value
