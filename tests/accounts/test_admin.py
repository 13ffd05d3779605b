"""An operator finds people, disables them, sees use, and stops all replies."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.test import Client

from chatapp.accounts import caps
from chatapp.accounts.models import SiteSwitch, Usage, User
from tests.accounts.people import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture(name="operator")
def _operator(site: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("olga"))
    return client


def start(user: User) -> uuid.UUID:
    """Admit one turn."""
    generation_id = uuid.uuid4()
    with transaction.atomic():
        caps.admit(user, generation_id)
    return generation_id


def test_people_are_listed_and_found(operator: Client, ana: User) -> None:
    caps.settle(start(ana), 1234)
    page = operator.get("/admin/accounts/user/?q=ana@example&is_guest__exact=0")
    assert page.status_code == 200
    assert "1234" in page.content.decode()
    assert operator.get(f"/admin/accounts/user/{ana.pk}/change/").status_code == 200
    assert operator.get("/admin/accounts/user/add/").status_code == 200


def test_people_are_disabled_and_enabled_but_never_oneself(
    operator: Client, ana: User
) -> None:
    everybody = list(User.objects.values_list("pk", flat=True))
    form = {"action": "disable", "_selected_action": everybody}
    operator.post("/admin/accounts/user/", form)
    assert User.objects.get(is_active=True).username == "olga"
    operator.post("/admin/accounts/user/", form | {"action": "enable"})
    assert User.objects.filter(is_active=True).count() == 2


def test_the_switch_opens_at_once_and_stops_replies(
    operator: Client, ana: User
) -> None:
    start(ana)
    page = operator.get("/admin/accounts/siteswitch/", follow=True)
    assert page.request["PATH_INFO"] == "/admin/accounts/siteswitch/1/change/"
    operator.post(page.request["PATH_INFO"], {"message": "Back at noon."})
    assert not SiteSwitch.objects.get().replies_enabled
    with pytest.raises(caps.CapReached, match=r"Back at noon\."):
        start(ana)


def test_use_is_shown_and_a_day_can_be_refilled(operator: Client, ana: User) -> None:
    start(ana)
    page = operator.get("/admin/accounts/usage/").content.decode()
    assert '<td class="field-streams">1</td>' in page
    assert '<td class="field-turns">1</td>' in page
    Usage.objects.update(tokens=999)
    operator.post(f"/admin/accounts/usage/{ana.pk}/change/", {"tokens": "0"})
    assert Usage.objects.get().tokens == 0


def test_operators_sign_in_where_wrong_passwords_are_counted(
    client: Client, ana: User
) -> None:
    page = client.get("/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
    assert page.request["QUERY_STRING"] == "next=%2Fadmin%2F"
    User.objects.update(is_staff=True)
    sign_in(client)
    assert client.get("/admin/").status_code == 200


def test_guests_and_accounts_get_no_admin_page(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert client.get("/admin/accounts/user/").status_code == 302
    assert client.get("/admin/accounts/siteswitch/").status_code == 302
    assert not SiteSwitch.objects.exists()
