"""The order as documented: its answer, its errors, and that it alone brings nothing."""

from __future__ import annotations

import json

import httpx
import pytest
from django.test import Client
from pytest_django import Settings

from embedded.maas.models import CheckoutSession, Tenant
from embedded.maas.onboarding.checkout import ORDERS_AT_ONCE
from tests.embedded.maas.onboarding.orders import ORDER, PATH, ordered

pytestmark = pytest.mark.django_db(transaction=True)


def post(client: Client, body: object) -> tuple[int, dict[str, str]]:
    answer = client.post(PATH, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_an_order_says_where_it_is_paid_and_brings_nothing(client: Client) -> None:
    order = ordered(client)
    session = order["checkout_session_id"]
    pages = "http://testserver/billing/maas"
    assert order == {
        "checkout_session_id": session,
        "url": f"{pages}/pay/{session}",
        "success_url": f"{pages}/success?checkout_session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{pages}/cancel",
        "service_source": "enterprise-tutor",
        "pricing_model": "enterprise_usage",
        "contract_version": "2026-03-01",
    }
    assert session.startswith("cs_test_")
    assert not Tenant.objects.exists()


def test_the_public_address_is_the_one_that_people_type(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://memory.example/somewhere"
    assert ordered(client)["cancel_url"] == "https://memory.example/billing/maas/cancel"


async def test_a_host_that_is_not_ours_is_not_repeated(http: httpx.AsyncClient) -> None:
    answer = await http.post(PATH, json=ORDER, headers={"host": "evil.test"})
    assert answer.status_code == 200
    assert answer.json()["url"].startswith("http://127.0.0.1:8000/billing/maas/pay/")


BAD = {
    "no company": {"company_name": None},
    "blank company": {"company_name": " "},
    "long company": {"company_name": "x" * 201},
    "company is a list": {"company_name": ["x"]},
    "NUL": {"company_name": "a\x00"},
    "half a character": {"company_name": "a\ud800"},
    "no e-mail": {"admin_email": None},
    "no at sign": {"admin_email": "ops"},
    "two at signs": {"admin_email": "a@b@c.d"},
    "other pricing": {"pricing_model": "free"},
    "no pricing": {"pricing_model": None},
    "other source": {"service_source": "else"},
    "source is a number": {"service_source": 1},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_a_bad_order_is_400_and_kept_nowhere(
    client: Client, change: dict[str, object]
) -> None:
    status, body = post(client, ORDER | change)
    assert (status, body["error"], set(body)) == (
        400,
        "bad_request",
        {"error", "message"},
    )
    assert not CheckoutSession.objects.exists()


@pytest.mark.parametrize(
    ("switch", "status", "code"),
    [("paused", 402, "billing_access_blocked"), ("unpriced", 500, "internal_error")],
    ids=["paused", "unpriced"],
)
def test_the_setting_makes_the_documented_failures_appear(
    client: Client, settings: Settings, switch: str, status: int, code: str
) -> None:
    settings.MAAS_CHECKOUT = switch
    assert (post(client, ORDER)[0], post(client, ORDER)[1]["error"]) == (status, code)
    assert post(client, {})[0] == 400  # what is wrong with the order is said first
    assert not CheckoutSession.objects.exists()


def test_other_methods_and_paths_are_answered_in_the_same_shape(client: Client) -> None:
    answer = client.get(PATH)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert client.post("/api/v1/billing/else").json()["error"] == "not_found"


def test_a_loop_of_orders_is_slowed_down(client: Client) -> None:
    statuses = [post(client, {})[0] for _ in range(ORDERS_AT_ONCE + 5)]
    assert 429 in statuses
    answer = client.post(PATH, "{}", content_type="application/json")
    assert int(answer["Retry-After"]) >= 1
