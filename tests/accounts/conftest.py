"""A site of the accounts' pages alone, and the people who use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from pytest_django import Settings

if TYPE_CHECKING:
    from chatapp.accounts.models import User

# What these pages look like is tested with the site; here a form needs only a place.
PAGES = (
    "account/account_inactive.html",
    "account/email_confirm.html",
    "account/login.html",
    "account/logout.html",
    "account/password_reset.html",
    "account/password_reset_done.html",
    "account/password_reset_from_key.html",
    "account/password_reset_from_key_done.html",
    "account/signup.html",
    "accounts/claim.html",
)


@pytest.fixture
def site(settings: Settings) -> None:
    """Small pages, and a cheap password hash."""
    settings.ROOT_URLCONF = "tests.accounts.site_urls"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }
    settings.STATIC_ROOT = None
    pages = {name: "{{ form.errors.as_text }}" for name in PAGES}
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
                "loaders": [
                    ("django.template.loaders.locmem.Loader", pages),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ]


@pytest.fixture
def ana(site: None) -> User:
    """Has an account."""
    # Imported late: when pytest reads this file, Django may not be set up yet.
    from chatapp.accounts.models import User
    from tests.accounts.people import PASSWORD

    return User.objects.create_user("ana", "ana@example.com", PASSWORD)


@pytest.fixture
def guest_client(site: None, client: Client) -> Client:
    """The browser of somebody who pressed "Try it now"."""
    client.post("/guest/")
    return client
