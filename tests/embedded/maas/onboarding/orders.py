"""Orders of the onboarding tests, made as the documentation makes them."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.test import Client

PATH = "/api/v1/billing/maas/checkout-session"
ORDER = {
    "company_name": "Harbour Books",
    "admin_email": "ops@harbour.example",
    "pricing_model": "enterprise_usage",
    "service_source": "enterprise-tutor",
}


def ordered(client: Client, **changes: str) -> dict[str, Any]:
    """A fresh checkout session's answer."""
    body = json.dumps(ORDER | changes)
    answer = client.post(PATH, body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def opened(**changes: str) -> str:
    """The id of an order that is already in the database, for tests of the pages."""
    from embedded.maas.models import CheckoutSession

    session = CheckoutSession(id=f"cs_test_{uuid.uuid4().hex}", **(ORDER | changes))
    session.save()
    return session.id


def success_path(session: str) -> str:
    """The address to which the payment provider would send the buyer."""
    return f"/billing/maas/success?checkout_session_id={session}"


def pay_path(session: str) -> str:
    """The page on which the order is paid."""
    return f"/billing/maas/pay/{session}"
