"""What the form checked may have changed when it is saved; then nothing is half done."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from chatapp.accounts.adapter import AccountAdapter
from chatapp.accounts.models import User
from tests.accounts.people import shown, sign_up, whoever_is_signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture(name="meanwhile")
def _meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What happens between the form's checks and its saving."""
    events: list[Any] = []
    save_user = AccountAdapter.save_user

    def late(*args: Any, **kwargs: Any) -> User:
        while events:
            events.pop()()
        return save_user(*args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "save_user", late)
    return events


def test_a_form_makes_person_and_address(client: Client) -> None:
    sign_up(client, at="/accounts/signup/")
    assert EmailAddress.objects.get(primary=True).user == User.objects.get()


def test_a_name_taken_in_the_same_moment_is_asked_for_again(
    guest_client: Client, meanwhile: list[Any]
) -> None:
    guest = User.objects.get()
    meanwhile.append(lambda: User.objects.create(username="bea"))
    response = sign_up(guest_client)
    assert response["Location"] == "/claim/"
    assert shown(response) == [
        "That username was taken a moment ago. Please choose another."
    ]
    guest.refresh_from_db()
    assert guest.is_guest
    assert whoever_is_signed_in(guest_client) == guest
    assert not EmailAddress.objects.exists()


def test_a_guest_who_signs_up_in_two_tabs_has_one_account(
    guest_client: Client, meanwhile: list[Any]
) -> None:
    meanwhile.append(
        lambda: User.objects.filter(is_guest=True).update(
            is_guest=False, username="first-tab"
        )
    )
    response = sign_up(guest_client, "second-tab")
    assert response["Location"] == "/"
    assert shown(response) == ["You have already signed up in another tab."]
