"""What people do in a browser, in one line each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.test import Client

from chatapp.accounts.models import User

PASSWORD = "lantern-on-the-quay"


def sign_up(
    client: Client, name: str = "bea", *, at: str = "/claim/", **more: str
) -> Any:
    """Send the sign-up form."""
    form = {"username": name, "email": f"{name}@example.com", "password1": PASSWORD}
    return client.post(at, form | more)


def sign_in(client: Client, login: str = "ana", password: str = PASSWORD) -> Any:
    """Send the sign-in form."""
    return client.post("/accounts/login/", {"login": login, "password": password})


def whoever_is_signed_in(client: Client) -> User | None:
    """The person the next page will see."""
    request = HttpRequest()
    request.session = client.session
    user = get_user(request)
    return user if isinstance(user, User) else None


def shown(response: Any) -> list[str]:
    """The messages of an answer."""
    return [str(message) for message in get_messages(response.wsgi_request)]
