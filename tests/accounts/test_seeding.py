"""The demo account is there after every start, and its sessions go on."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import User
from chatapp.accounts.seeding import seed_demo_user
from tests.accounts.people import sign_in, whoever_is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.mark.parametrize("login", ["demo", "demo@example.com"], ids=["name", "email"])
def test_the_demo_account_can_sign_in(client: Client, login: str) -> None:
    name, password = seed_demo_user()
    assert name == "demo"
    sign_in(client, login, password)
    demo = whoever_is_signed_in(client)
    assert demo
    assert (demo.username, demo.is_staff, demo.is_guest) == ("demo", False, False)


def test_a_second_start_changes_nothing(client: Client) -> None:
    sign_in(client, *seed_demo_user())
    seed_demo_user()
    assert whoever_is_signed_in(client) == User.objects.get()


def test_another_password_of_the_settings_is_taken_over(settings: Settings) -> None:
    seed_demo_user()
    settings.DEMO_PASSWORD = "another-harbour"
    seed_demo_user()
    assert User.objects.get().check_password("another-harbour")
