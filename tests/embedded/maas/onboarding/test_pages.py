"""The pages of an order, as a browser without scripts gets them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from embedded.maas.models import ApiKey, Tenant
from embedded.maas.onboarding.english import ENGLISH
from embedded.maas.onboarding.languages import LANGUAGES, Language
from tests.embedded.maas.onboarding.orders import opened, pay_path, success_path

pytestmark = pytest.mark.django_db
KEY = re.compile(r"mk_maas_[\w-]{20,}")


def text_of(client: Client, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    return unescape(answer.content.decode())


def test_the_checkout_says_that_it_is_a_stand_in(client: Client) -> None:
    page = text_of(client, pay_path(opened()))
    assert ENGLISH.stand_in in page
    assert ENGLISH.stand_in_text in page
    for shown in ("Harbour Books", "ops@harbour.example", ENGLISH.nothing_due):
        assert shown in page
    assert not Tenant.objects.exists()


def test_paying_leads_to_the_key_and_a_reload_does_not_show_it_again(
    client: Client,
) -> None:
    order = opened(service_source="maas-enterprise")
    answer = client.post(pay_path(order))
    assert (answer.status_code, answer["Location"]) == (302, success_path(order))
    first = text_of(client, answer["Location"])
    key = KEY.search(first)
    assert key
    assert first.count(key[0]) == 1  # and not in the block that is handed on
    for shown in ("harbour-books", "harbour-books-prod", "maas-enterprise"):
        assert shown in first
    assert ENGLISH.products["maas-enterprise"] in first
    again = text_of(client, success_path(order))
    assert not KEY.search(again)
    assert ENGLISH.key_gone in again
    assert ApiKey.objects.get().hint in again
    # Paying again, or giving up now, leads to what is there.
    assert client.post(pay_path(order))["Location"] == success_path(order)
    cancelled = client.get("/billing/maas/cancel", {"checkout_session_id": order})
    assert cancelled["Location"] == success_path(order)


def test_the_handoff_names_all_that_a_program_needs(client: Client) -> None:
    order = opened()
    client.post(pay_path(order))
    block = text_of(client, success_path(order)).partition('id="handoff"')[2]
    for needed in (
        "MAAS_BASE_URL=http://testserver/v1",
        "MAAS_WORKSPACE_ID=harbour-books-prod",
        "MAAS_API_KEY=<",
        "/memory/recall",
        "smoke-test",
        "llms-full.txt",
        "http://testserver/v1/openapi.json",
    ):
        assert needed in block


def test_an_unpaid_order_shows_the_way_back_and_brings_nothing(client: Client) -> None:
    order = opened()
    page = text_of(client, success_path(order), status=402)
    assert ENGLISH.unpaid in page
    assert pay_path(order) in page
    assert not Tenant.objects.exists()


def test_giving_up_charges_nothing_and_can_be_taken_back(client: Client) -> None:
    order = opened()
    assert ENGLISH.cancelled in text_of(client, "/billing/maas/cancel")
    named = f"/billing/maas/cancel?checkout_session_id={order}"
    assert pay_path(order) in text_of(client, named)
    assert not Tenant.objects.exists()


@pytest.mark.parametrize("session", ["", "cs_test_nothing", "%00", "x" * 500])
def test_an_unknown_order_is_a_404_with_a_sentence(
    client: Client, session: str
) -> None:
    path = f"/billing/maas/success?checkout_session_id={session}"
    assert ENGLISH.unknown in text_of(client, path, status=404)
    if session:
        text_of(client, f"/billing/maas/pay/{session}", status=404)


def test_looking_ahead_uses_nothing_up(client: Client) -> None:
    order = opened()
    client.post(pay_path(order))
    assert client.head(success_path(order)).status_code == 405
    assert KEY.search(text_of(client, success_path(order)))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_page_speaks_the_chosen_language(
    client: Client, language: Language
) -> None:
    order, t = opened(), language.wording
    lang = f"lang={language.code}"
    pages = [
        (f"{pay_path(order)}?{lang}", 200, (t.checkout, t.stand_in, t.pay)),
        (f"{success_path(order)}&{lang}", 402, (t.unpaid, t.back_to_checkout)),
        (f"/billing/maas/cancel?{lang}", 200, (t.cancelled,)),
        (f"/billing/maas/success?{lang}", 404, (t.unknown,)),
    ]
    for path, status, shown in pages:
        page = text_of(client, path, status)
        assert f'<html lang="{language.code}">' in page
        assert all(text in page for text in shown)
    paid = client.post(f"{pay_path(order)}?{lang}")["Location"]
    assert paid.endswith(lang)
    first, again = text_of(client, paid), text_of(client, paid)
    assert all(s in first for s in (t.ready, t.key_once, t.handoff, t.organization))
    assert all(s in again for s in (t.ready, t.key_gone, t.key_lost))


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("fr, ja;q=0.7, en;q=0.5", "ja"),
        ("fr", "en"),
        ("*", "en"),
        ("ko;q=x,,;", "en"),
    ],
)
def test_the_browsers_language_is_taken_unless_a_link_chose(
    client: Client, accepted: str, code: str
) -> None:
    headers = {"accept-language": accepted}
    page = client.get("/billing/maas/cancel", headers=headers)
    assert page["Content-Language"] == code
    chosen = client.get("/billing/maas/cancel?lang=ja", headers=headers)
    assert chosen["Content-Language"] == "ja"
    unknown = client.get("/billing/maas/cancel?lang=tlh", headers=headers)
    assert unknown["Content-Language"] == code


def test_paying_needs_the_pages_own_token() -> None:
    client = Client(enforce_csrf_checks=True)
    order = opened()  # the API has no cookies, so it needs none
    assert client.post(pay_path(order)).status_code == 403
    assert not Tenant.objects.exists()
